import { setTimeout } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import { isBusy, ledgerError } from './ledger-error.ts'
import type { LedgerTables } from './tables.ts'

/** An open ledger. One per process: SQLite has one writer, and a second connection would only wait for the first. */
export interface Ledger extends AsyncDisposable {
  readonly url: string
  readonly path: string
  readonly db: Kysely<LedgerTables>
  close(): Promise<void>
}

/** Longer than any honest transaction, shorter than a person's patience. */
const LOCK_WAIT_MS = 30_000

/** Asks the ledger; sees what was committed before it began. @throws {CauceError} LEDGER_FAILED */
export async function readLedger<Answer>(
  ledger: Ledger,
  ask: (db: Kysely<LedgerTables>) => Promise<Answer>,
): Promise<Answer> {
  return whileBusy(ledger, () => ask(ledger.db))
}

/**
 * Writes in one transaction under the write lock: all of it or nothing. `write` may be called again after a wait for the lock.
 * @throws {CauceError} LEDGER_FAILED, DISK_FULL
 */
export async function writeLedger<Answer>(
  ledger: Ledger,
  write: (transaction: Transaction<LedgerTables>) => Promise<Answer>,
): Promise<Answer> {
  return whileBusy(ledger, () => ledger.db.transaction().execute(write))
}

/**
 * Waits for a locked file outside of SQLite. Its own waiting freezes the whole process: 4.7 s without a heartbeat were
 * measured with two processes of four workers.
 */
export async function whileBusy<Answer>(
  place: Pick<Ledger, 'url' | 'path'>,
  act: () => Promise<Answer>,
): Promise<Answer> {
  const deadline = performance.now() + LOCK_WAIT_MS
  for (let attempt = 1; ; attempt++) {
    try {
      return await act()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw ledgerError(error, place)
      // Rivals that met once must not meet again: the waits of two processes differ.
      await setTimeout(1 + ((process.pid * attempt) % 9))
    }
  }
}
