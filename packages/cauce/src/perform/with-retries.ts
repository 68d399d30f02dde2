import pRetry from 'p-retry'
import { CauceError } from '../model/cauce-error.ts'

/** Level one of four: tries of one stage, with growing pauses and jitter between them. */
const TRIES = 3
const FIRST_PAUSE_MS = 500

/**
 * Runs a stage up to three times while it fails with class system. Errors that waiting cannot mend (a full disk, a database
 * somebody else holds, rows that do not add up) pass at once, and so do a source's: it tries again by itself.
 */
export async function withRetries<Result>(
  signal: AbortSignal,
  stage: () => Promise<Result>,
): Promise<Result> {
  return pRetry(stage, {
    retries: TRIES - 1,
    minTimeout: FIRST_PAUSE_MS,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof CauceError && WORTH_RETRYING.has(error.code),
  })
}

const WORTH_RETRYING = new Set<string>(['DESTINATION_UNREACHABLE', 'DESTINATION_FAILED'])
