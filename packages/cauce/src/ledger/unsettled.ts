import { ACTIVE_STATES, type ItemState } from '../model/item-state.ts'
import type { Bounds } from '../plan/day-bounds.ts'
import { QUARANTINE_STATES } from './day-figures.ts'
import { type Ledger, readLedger } from './ledger-access.ts'

/** States of which something is still to come: by itself, or by a person. */
export const UNSETTLED_STATES: readonly ItemState[] = ['pending', ...ACTIVE_STATES, ...QUARANTINE_STATES]

/** Whether an item of any pipeline that is not settled was seen or touched in a stretch of time. */
export async function hasUnsettledOf(ledger: Ledger, { fromMs, untilMs }: Bounds): Promise<boolean> {
  const found = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('state', 'in', UNSETTLED_STATES)
      .where('discoveredMs', '<', untilMs)
      .where('updatedMs', '>=', fromMs)
      .select('id')
      .limit(1)
      .executeTakeFirst(),
  )
  return found !== undefined
}

/** Whether the ledger says of an item that is not settled that its file lies there. */
export async function isBackupOfUnsettled(ledger: Ledger, path: string): Promise<boolean> {
  const found = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('state', 'in', UNSETTLED_STATES)
      .where('backup', '=', path)
      .select('id')
      .limit(1)
      .executeTakeFirst(),
  )
  return found !== undefined
}
