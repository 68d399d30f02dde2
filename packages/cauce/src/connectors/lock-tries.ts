import { randomInt } from 'node:crypto'
import type { Clock } from '../model/clock.ts'

/** Work that met a deadlock or a locked row is done again from the start, this often in all. */
export const LOCK_TRIES = 3
const FIRST_PAUSE_MS = 100

/** The pause after the nth try: growing, and of different length for all who met. */
export async function pauseAfterConflict(clock: Clock, tries: number): Promise<void> {
  await clock.sleep(FIRST_PAUSE_MS * 2 ** (tries - 1) + randomInt(FIRST_PAUSE_MS))
}

/** Does work again while it meets locks of others; it must leave nothing behind when it fails. */
export async function withLockTries<Result>(
  { clock, isLockConflict }: { readonly clock: Clock; readonly isLockConflict: (error: unknown) => boolean },
  work: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!isLockConflict(error) || tries === LOCK_TRIES) throw error
      await pauseAfterConflict(clock, tries)
    }
  }
}
