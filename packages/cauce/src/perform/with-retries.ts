import pRetry from 'p-retry'
import { CauceError } from '../model/cauce-error.ts'
import type { Stage } from './messages.ts'
import type { Stagehand } from './stagehand.ts'

/** Level one of four: tries of one stage, with growing pauses and jitter between them. */
const TRIES = 3
const FIRST_PAUSE_MS = 500

/**
 * Runs a stage up to three times while it fails with class system. Errors that waiting cannot mend (a full disk, a database
 * somebody else holds, rows that do not add up) pass at once, and so do a source's: it tries again by itself.
 */
export async function withRetries<Result>(
  { signal, retrying }: Pick<Stagehand, 'signal' | 'retrying'>,
  stage: Stage,
  work: () => Promise<Result>,
): Promise<Result> {
  return pRetry(work, {
    retries: TRIES - 1,
    minTimeout: FIRST_PAUSE_MS,
    randomize: true,
    signal,
    shouldRetry: ({ error, attemptNumber }) => {
      if (!(error instanceof CauceError) || !WORTH_RETRYING.has(error.code)) return false
      retrying(stage, attemptNumber + 1, error)
      return true
    },
  })
}

const WORTH_RETRYING = new Set<string>(['DESTINATION_UNREACHABLE', 'DESTINATION_FAILED'])
