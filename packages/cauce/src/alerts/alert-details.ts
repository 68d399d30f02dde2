import type { ErrorDetails } from '../model/cauce-error.ts'
import type { ErrorCodeName } from '../model/error-codes.ts'
import type { ItemState } from '../model/item-state.ts'
import type { AlertRow } from '../ledger/tables.ts'

/** An error as the ledger keeps it: never rows, never secrets. */
export interface StoredReason {
  readonly errorCode: ErrorCodeName | null
  readonly errorDetails: ErrorDetails
}

/** What an alert is about: all that its messages need, from whatever process they are sent. Kept in the ledger as JSON. */
export type AlertDetails =
  | ({ readonly kind: 'item_failed' | 'quarantined' } & ItemWords & StoredReason)
  | ({
      readonly kind: 'run_failed'
      /** Null: it failed before there was a run. */
      readonly runId: string | null
      readonly atMs: number
      readonly reason: string | null
    } & StoredReason)
  | {
      readonly kind: 'rejects_of_file'
      readonly itemId: number
      readonly key: string
      readonly loadKey: string | null
      readonly read: number
      readonly rejected: number
      readonly overPercent: number
    }
  | {
      readonly kind: 'rejects_of_day'
      readonly day: string
      readonly timezone: string
      readonly files: number
      readonly read: number
      readonly rejected: number
      readonly overPercent: number
    }
  | {
      readonly kind: 'late_start' | 'not_finished'
      readonly day: string
      readonly at: string
      readonly timezone: string
      /** A run that has begun and goes on. */
      readonly runId: string | null
      readonly runningSinceMs: number | null
    }
  | {
      readonly kind: 'no_files'
      /** The run that found none; null: a time of the day passed. */
      readonly runId: string | null
      readonly sinceMs: number
      readonly untilMs: number
      readonly timezone: string
    }
  | {
      readonly kind: 'disk_short'
      readonly host: string
      readonly path: string
      readonly freeBytes: number
      readonly leastBytes: number
    }

interface ItemWords {
  readonly itemId: number
  readonly key: string
  readonly state: ItemState
  readonly attempts: number
}

/**
 * Why an alert is over: what it was about is mended or gone; another alert says the same of a later day; or nobody has seen to
 * it, or could look at it, for a week, and it is no news any more. Only the first is told.
 */
export interface AlertEnd {
  readonly how: 'over' | 'replaced' | 'expired'
  /** What became of the item. */
  readonly state?: ItemState
}

export type StoredDetails = AlertDetails & { readonly end?: AlertEnd }

/** The details of an alert; undefined: those of a newer Cauce. */
export function storedDetails({ details }: Pick<AlertRow, 'details'>): StoredDetails | undefined {
  const found = JSON.parse(details) as StoredDetails
  return KINDS.has(found.kind) ? found : undefined
}

const KINDS: ReadonlySet<string> = new Set<AlertDetails['kind']>([
  'item_failed',
  'quarantined',
  'run_failed',
  'rejects_of_file',
  'rejects_of_day',
  'late_start',
  'not_finished',
  'no_files',
  'disk_short',
])
