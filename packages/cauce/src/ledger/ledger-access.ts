import type { Kysely, Transaction } from 'kysely'
import type { LedgerTables } from './tables.ts'

/** An open ledger: one per process. */
export interface Ledger extends AsyncDisposable {
  readonly dialect: 'sqlite' | 'postgres'
  /** Where it lies, for people and logs: never a password. */
  readonly displayUrl: string
  /** SQLite's file; undefined on PostgreSQL. */
  readonly path: string | undefined
  /** PostgreSQL's schema; undefined on SQLite. */
  readonly schema: string | undefined
  readonly db: Kysely<LedgerTables>
  /** Acts, waits and acts again as long as that helps at this home; what goes wrong comes back as a CauceError. */
  readonly insist: <Answer>(act: () => Promise<Answer>) => Promise<Answer>
  close(): Promise<void>
}

/**
 * Asks the ledger; sees what was committed before it began, each statement for itself.
 * @throws {CauceError} LEDGER_FAILED, LEDGER_UNREACHABLE, LEDGER_ACCESS
 */
export async function readLedger<Answer>(
  ledger: Ledger,
  ask: (db: Kysely<LedgerTables>) => Promise<Answer>,
): Promise<Answer> {
  return ledger.insist(() => ask(ledger.db))
}

/**
 * Writes in one transaction: all of it or nothing. `write` may be called again, after a wait for the lock (SQLite), a conflict
 * with a rival, or a connection that was lost before it committed (PostgreSQL).
 *
 * On SQLite it holds the write lock from its start. On PostgreSQL rivals write side by side (READ COMMITTED): what was read
 * stays true only for rows that were locked (`lock-rows.ts`) or that the writing statement itself asks for once more.
 *
 * When the reply to COMMIT is lost, the server is asked what became of the transaction. Where it cannot tell in time, that is
 * LEDGER_COMMIT_UNKNOWN (class system): the caller reads what there is before it acts again; claims and their fencing numbers
 * keep it harmless to have written twice, or not at all.
 *
 * @throws {CauceError} LEDGER_FAILED, LEDGER_UNREACHABLE, LEDGER_ACCESS, LEDGER_COMMIT_UNKNOWN, DISK_FULL
 */
export async function writeLedger<Answer>(
  ledger: Ledger,
  write: (transaction: Transaction<LedgerTables>) => Promise<Answer>,
): Promise<Answer> {
  return ledger.insist(() => ledger.db.transaction().execute(write))
}
