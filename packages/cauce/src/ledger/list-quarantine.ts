import type { ItemState } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import type { ItemRow } from './tables.ts'

/** What waits to be looked at, mended, released or discarded. */
export const QUARANTINED_STATES = [
  'failed_layout',
  'failed_system',
  'refused',
] as const satisfies readonly ItemState[]

/** Items that failed or were refused, with the folder of each (null: none was made yet), the newest first. */
export async function listQuarantine(
  ledger: Ledger,
  { pipeline }: { readonly pipeline?: string | undefined } = {},
): Promise<ItemRow[]> {
  return readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('state', 'in', QUARANTINED_STATES)
      .$if(pipeline !== undefined, (query) => query.where('pipeline', '=', pipeline ?? ''))
      .orderBy('id', 'desc')
      .selectAll()
      .execute(),
  )
}
