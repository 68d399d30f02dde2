import type { Kysely, Transaction } from 'kysely'
import { skipLocked } from './lock-rows.ts'
import { isPending } from './partial-indexes.ts'
import type { LedgerTables } from './tables.ts'

/** Bounds the time a transaction holds the write lock. */
const ITEMS_PER_TRANSACTION = 500

/** Items of these plans that were to be done later than now is. */
export function overdue(db: Kysely<LedgerTables>, planHashes: readonly string[], nowMs: number) {
  return db
    .selectFrom('item')
    .where(isPending)
    .where('planHash', 'in', planHashes)
    .where('dueMs', '>', 0)
    .where('dueMs', '<=', nowMs)
    .select('id')
}

/** Lets items whose time has come stand in their queue, where their priority and age put them. */
export async function makeDue(
  transaction: Transaction<LedgerTables>,
  planHashes: readonly string[],
  nowMs: number,
): Promise<void> {
  const question = overdue(transaction, planHashes, nowMs).limit(ITEMS_PER_TRANSACTION)
  const found = await skipLocked(transaction, question).execute()
  if (found.length === 0) return
  await transaction
    .updateTable('item')
    .set({ dueMs: 0 })
    .where(
      'id',
      'in',
      found.map(({ id }) => id),
    )
    .where(isPending)
    .where('dueMs', '<=', nowMs)
    .execute()
}
