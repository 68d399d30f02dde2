import type { Kysely, Transaction, Updateable } from 'kysely'
import { skipLocked } from './lock-rows.ts'
import { isPending } from './partial-indexes.ts'
import type { LedgerTables } from './tables.ts'

/** Bounds the time a transaction holds the write lock, and its parameters. */
const ITEMS_PER_TRANSACTION = 1_000

/** Hashes of every plan a pipeline ever had. */
export async function planHashesOf(db: Kysely<LedgerTables>, pipeline: string): Promise<readonly string[]> {
  const plans = await db.selectFrom('plan').where('pipeline', '=', pipeline).select('hash').execute()
  return plans.map(({ hash }) => hash)
}

/** Changes some of the pending items of these plans; returns how many, 0 when none are left. */
export async function changePending(
  transaction: Transaction<LedgerTables>,
  planHashes: readonly string[],
  change: {
    /** Only those with this `dueMs`; absent: any. */
    readonly dueMs?: number
    readonly columns: Updateable<LedgerTables['item']>
  },
): Promise<number> {
  const { dueMs, columns } = change
  const ofPlans = transaction
    .selectFrom('item')
    .where(isPending)
    .where('planHash', 'in', planHashes)
    .$if(dueMs !== undefined, (query) => query.where('dueMs', '=', dueMs ?? 0))
    .limit(ITEMS_PER_TRANSACTION)
    .select('id')
  const found = await skipLocked(transaction, ofPlans).execute()
  if (found.length === 0) return 0
  const changed = await transaction
    .updateTable('item')
    .set(columns)
    .where(
      'id',
      'in',
      found.map(({ id }) => id),
    )
    .where(isPending)
    .$if(dueMs !== undefined, (query) => query.where('dueMs', '=', dueMs ?? 0))
    .returning('id')
    .execute()
  return changed.length
}
