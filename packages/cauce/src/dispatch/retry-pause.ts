import type { ErrorReport } from '../model/cauce-error.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { ResolvedSettings } from '../plan/resolve-settings.ts'

/** Each pause is so many times the one before. */
const GROWTH = 4

/** A second try would find the same. */
const FINAL = new Set<string>(['SOURCE_VANISHED'])

/**
 * Level two of four: how long to wait before the whole item is tried again, in ms; undefined when it is not. Failures of class
 * system are, until the tries of this round are used up. Pauses grow and differ from item to item by up to a quarter, so that
 * a hundred files that failed with their server do not come back at one moment.
 */
export function retryPauseMs(
  { attempts, delayMs }: ResolvedSettings['retry'],
  { id, roundAttempts }: Pick<ItemRow, 'id' | 'roundAttempts'>,
  error: Pick<ErrorReport, 'class' | 'code'>,
): number | undefined {
  if (error.class !== 'system' || FINAL.has(error.code) || roundAttempts >= attempts) return undefined
  return Math.round(
    delayMs * GROWTH ** Math.max(0, roundAttempts - 1) * (0.75 + spread(id, roundAttempts) / 2),
  )
}

/** From 0 to 1, the same each time for the same numbers (Knuth's multiplicative hash). */
function spread(id: number, round: number): number {
  return (Math.imul(id * 31 + round, 2_654_435_761) >>> 0) / 2 ** 32
}
