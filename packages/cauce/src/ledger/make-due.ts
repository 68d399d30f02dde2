import type { Kysely, Transaction } from 'kysely'
import { skipLocked } from './lock-rows.ts'
import { isPending } from './partial-indexes.ts'
import type { LedgerTables } from './tables.ts'

/** Bounds the time a transaction holds the write lock. */
const ITEMS_PER_TRANSACTION = 500

/** Lets items of a plan whose time has come stand in their queue, where their priority and age put them. */
export async function makeDue(
  transaction: Transaction<LedgerTables>,
  planHash: string,
  nowMs: number,
): Promise<void> {
  const question = overdueOf(transaction, planHash, nowMs).limit(ITEMS_PER_TRANSACTION)
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

/** Items of a plan whose time has come. In the order of their index, or PostgreSQL might guess that reading the table from its beginning finds one sooner. */
export function overdueOf(db: Kysely<LedgerTables>, planHash: string, nowMs: number) {
  return db
    .selectFrom('item')
    .where(isPending)
    .where('planHash', '=', planHash)
    .where('dueMs', '>', 0)
    .where('dueMs', '<=', nowMs)
    .orderBy('dueMs')
    .select(['id', 'planHash'])
}
