import { CauceError } from '../../model/cauce-error.ts'
import { ERROR_CODES } from '../../model/error-codes.ts'
import type { ItemState } from '../../model/item-state.ts'
import type { Language } from '../../model/language.ts'
import type { Plan } from '../../model/plan.ts'
import type { DayFigures, WaitingItem } from '../../ledger/day-figures.ts'
import { STATE_ORDER, stateWords } from './report-words.ts'

/** Everything a report of a day tells, whatever the medium. */
export interface DayReport {
  readonly figures: DayFigures
  /** The pipeline's own words for states. */
  readonly states: Plan['states']
  /** When the day was closed last; null: the figures are the ledger's of now. */
  readonly closedMs: number | null
  readonly archive: ReportedArchive | undefined
  /** Files that ought to be in the archive and whose copies are gone. */
  readonly lost: readonly { readonly key: string; readonly detail: string }[]
}

export interface ReportedArchive {
  readonly path: string
  readonly sha256: string | null
  /** Unknown when it was moved away since. */
  readonly sizeBytes: number | undefined
  readonly files: number | undefined
}

/** Whether the day was closed after it was over. */
export function isFinal({ figures, closedMs }: Pick<DayReport, 'figures' | 'closedMs'>): boolean {
  return closedMs !== null && closedMs >= figures.untilMs
}

/** The pipeline's own word for a state, else people's. */
export function stateWord(state: ItemState, states: Plan['states'], language: Language): string {
  return states[state] ?? stateWords[state][language]
}

/** States with their counts, in the order reports tell of them. */
export function countedStates(
  byState: Readonly<Partial<Record<ItemState, number>>>,
): readonly { readonly state: ItemState; readonly count: number }[] {
  const known = STATE_ORDER.filter((state) => byState[state] !== undefined)
  const others = (Object.keys(byState) as ItemState[]).filter((state) => !STATE_ORDER.includes(state))
  return [...known, ...others].map((state) => ({ state, count: byState[state] ?? 0 }))
}

/** Why an item waits, in words; undefined: nobody said, or a newer Cauce did. */
export function waitingReason(
  { errorCode, errorDetails }: WaitingItem,
  language: Language,
): string | undefined {
  if (errorCode === null || !Object.hasOwn(ERROR_CODES, errorCode)) return undefined
  return new CauceError(errorCode, errorDetails).textIn(language)
}
