import type { Transaction } from 'kysely'
import type { LedgerTables } from './tables.ts'

/**
 * Whether an attempt of the item was lost or broken off while it was loading: what it did may be in the destination, and only the
 * destination's guard can tell. Such an item is not cancelled by the ledger's own word: the next try will find out.
 */
export async function mayBeCommitted(
  transaction: Transaction<LedgerTables>,
  itemId: number,
): Promise<boolean> {
  const found = await transaction
    .selectFrom('attempt')
    .where('itemId', '=', itemId)
    .where('outcome', 'in', ['lost', 'handed_back'])
    .where('stage', '=', 'loading')
    .limit(1)
    .select('id')
    .executeTakeFirst()
  return found !== undefined
}
