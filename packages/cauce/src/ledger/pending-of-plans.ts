import type { Kysely, Transaction, Updateable } from 'kysely'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import { skipLocked } from './lock-rows.ts'
import { isPending } from './partial-indexes.ts'
import type { LedgerTables } from './tables.ts'

/** Bounds the time a transaction holds the write lock, and its parameters. */
const ITEMS_PER_TRANSACTION = 1_000

/** Hashes of every plan a pipeline ever had. */
export async function planHashesOf(ledger: Ledger, pipeline: string): Promise<readonly string[]> {
  const plans = await readLedger(ledger, (db) =>
    db.selectFrom('plan').where('pipeline', '=', pipeline).select('hash').execute(),
  )
  return plans.map(({ hash }) => hash)
}

interface PendingChange {
  /** Only those with this `dueMs`; absent: any. */
  readonly dueMs?: number
  readonly columns: Updateable<LedgerTables['item']>
}

/**
 * Changes the pending items of these plans, some at a time; returns how many. One plan after the other: of several at once SQLite
 * would walk all that is pending.
 */
export async function changePending(
  ledger: Ledger,
  planHashes: readonly string[],
  change: PendingChange,
): Promise<number> {
  let changed = 0
  for (const planHash of planHashes)
    for (;;) {
      const some = await writeLedger(ledger, (transaction) => changeSome(transaction, planHash, change))
      if (some === 0) break
      changed += some
    }
  return changed
}

async function changeSome(
  transaction: Transaction<LedgerTables>,
  planHash: string,
  { dueMs, columns }: PendingChange,
): Promise<number> {
  const found = await skipLocked(
    transaction,
    pendingOf(transaction, planHash, dueMs).limit(ITEMS_PER_TRANSACTION),
  ).execute()
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
    .where('planHash', '=', planHash)
    .$if(dueMs !== undefined, (query) => query.where('dueMs', '=', dueMs ?? 0))
    .returning('id')
    .execute()
  return changed.length
}

/** In the order of their index, or PostgreSQL might guess that reading the table from its beginning finds as many sooner. */
function pendingOf(db: Kysely<LedgerTables>, planHash: string, dueMs: number | undefined) {
  return db
    .selectFrom('item')
    .where(isPending)
    .where('planHash', '=', planHash)
    .$if(dueMs !== undefined, (query) => query.where('dueMs', '=', dueMs ?? 0))
    .orderBy('dueMs')
    .orderBy('boundHost')
    .select('id')
}
