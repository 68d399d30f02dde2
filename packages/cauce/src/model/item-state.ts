/** Where an item stands. The words are those of the design, in the ledger, in `--json` and on every screen. */
export const ITEM_STATES = [
  'pending',
  'extracting',
  'transforming',
  'loading',
  'ready',
  'ready_with_rejects',
  'failed_layout',
  'failed_system',
  'duplicate',
  'refused',
  'superseded',
  'cancelled',
] as const

export type ItemState = (typeof ITEM_STATES)[number]

/** States in which a worker holds the item under a lease. */
export const ACTIVE_STATES = ['extracting', 'transforming', 'loading'] as const satisfies readonly ItemState[]

/** States in which a person must act before anything else happens. */
export const WAITING_STATES = ['failed_layout', 'refused'] as const satisfies readonly ItemState[]

/** What every row of an item became. `read = loaded + rejected + skipped`; warnings are counted beside. */
export interface RowCounts {
  readonly read: number
  readonly loaded: number
  readonly rejected: number
  readonly skipped: number
  readonly warnings: number
}

export const NO_ROWS: RowCounts = { read: 0, loaded: 0, rejected: 0, skipped: 0, warnings: 0 }

/** How a run ended, in the words of `--json`. */
export type RunState = 'running' | 'done' | 'done_with_rejects' | 'failed' | 'interrupted'
