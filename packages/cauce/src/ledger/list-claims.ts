import { ACTIVE_STATES } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import type { ItemRow } from './tables.ts'

/** Every item somebody holds, with its owner and lease, oldest first. */
export async function listClaims(
  ledger: Ledger,
  { pipeline }: { readonly pipeline?: string } = {},
): Promise<ItemRow[]> {
  return readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('state', 'in', ACTIVE_STATES)
      .$if(pipeline !== undefined, (query) => query.where('pipeline', '=', pipeline ?? ''))
      .orderBy('id')
      .selectAll()
      .execute(),
  )
}
