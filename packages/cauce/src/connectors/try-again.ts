import { randomInt } from 'node:crypto'
import type { Clock } from '../model/clock.ts'

export interface TryAgainPolicy {
  readonly clock: Clock
  /** A number from 0 up to, not including, 1. */
  readonly random: () => number
  readonly signal: AbortSignal
  /** Whether another try at once is worth it after this failure. */
  readonly mayTryAgain: (error: unknown) => boolean
}

const TRIES = 3
const FIRST_PAUSE_MS = 500

/**
 * Does work over a connection up to three times while the connection is what fails, with pauses that double and vary by
 * half (about 0.5 s and 1 s), so that many workers do not come back at the same moment.
 */
export async function tryAgain<T>(
  work: () => Promise<T>,
  { clock, random, signal, mayTryAgain }: TryAgainPolicy,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (failures === TRIES || !mayTryAgain(error)) throw error
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (failures - 1) * (0.5 + random()), signal)
    }
  }
}

/** The machine's own chance. */
export function systemRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32
}
