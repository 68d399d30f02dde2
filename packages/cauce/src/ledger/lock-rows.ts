import { type Kysely, PostgresAdapter } from 'kysely'
import type { LedgerTables } from './tables.ts'

interface Lockable<Query> {
  forUpdate(): Query
  skipLocked(): Query
}

/** Candidates nobody else is taking at this moment. SQLite has one writer at a time, and no word for it. */
export function skipLocked<Query extends Lockable<Query>>(db: Kysely<LedgerTables>, query: Query): Query {
  return hasRowLocks(db) ? query.forUpdate().skipLocked() : query
}

/** Rows that stay as they were read until this transaction ends; a rival's transaction that holds one is waited for. */
export function forUpdate<Query extends Lockable<Query>>(db: Kysely<LedgerTables>, query: Query): Query {
  return hasRowLocks(db) ? query.forUpdate() : query
}

/** Whether transactions write side by side. */
export function hasRowLocks(db: Kysely<LedgerTables>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}
