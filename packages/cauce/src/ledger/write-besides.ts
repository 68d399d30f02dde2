import type {
  InsertQueryBuilder,
  InsertResult,
  QueryCreator,
  Transaction,
  UpdateQueryBuilder,
  UpdateResult,
} from 'kysely'
import { hasRowLocks } from './lock-rows.ts'
import type { LedgerTables } from './tables.ts'

/** A statement that writes, answers with nothing, and does not read what the others beside it write. */
export type Write = {
  [Table in keyof LedgerTables]:
    | InsertQueryBuilder<LedgerTables, Table, InsertResult>
    | UpdateQueryBuilder<LedgerTables, Table, Table, UpdateResult>
}[keyof LedgerTables]

/**
 * Writes these as part of the statement that is built on the answer, which does not see what they wrote, nor they what it does.
 * PostgreSQL takes all of them in one round trip, which is what a ledger on a server costs; SQLite, which has no such statement
 * and no round trips, writes them at once.
 */
export async function writeBesides(
  transaction: Transaction<LedgerTables>,
  writes: readonly Write[],
): Promise<QueryCreator<LedgerTables>> {
  if (!hasRowLocks(transaction)) {
    for (const write of writes) await write.execute()
    return transaction
  }
  return writes.reduce<QueryCreator<LedgerTables>>(
    (joined, write, index) => joined.with(`written_${index}`, () => write),
    transaction,
  )
}
