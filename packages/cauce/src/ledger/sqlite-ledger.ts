import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { CamelCasePlugin, Kysely } from 'kysely'
import type { Ledger } from './ledger-access.ts'
import { refuseNetworkFileSystem } from './network-file-system.ts'
import { NodeSqliteDialect } from './node-sqlite-dialect.ts'
import { isBusy, sqliteError, type SqlitePlace } from './sqlite-error.ts'
import type { LedgerTables } from './tables.ts'

/** What SQLite may wait by itself, blocking the process; beyond it the wait is ours (`whileBusy`). */
const BUSY_TIMEOUT_MS = 20

/** Longer than any honest transaction, shorter than a person's patience. */
const LOCK_WAIT_MS = 30_000

/**
 * Opens the file, creating what is absent for this user alone (folder 0700, file 0600). One connection: SQLite has one writer,
 * and a second would only wait for the first. @throws {CauceError} CONFIG_INVALID, LEDGER_FAILED, DISK_FULL
 */
export async function openSqliteLedger(file: string): Promise<Ledger> {
  const place = { displayUrl: `sqlite:${file}`, path: file }
  const db = await whileBusy(place, async () => {
    await refuseNetworkFileSystem(file)
    await createForUserAlone(file)
    return new Kysely<LedgerTables>({
      dialect: new NodeSqliteDialect(openFile(file)),
      plugins: [new CamelCasePlugin()],
    })
  })
  const close = async () => db.destroy()
  return {
    ...place,
    dialect: 'sqlite',
    schema: undefined,
    db,
    insist: async (act) => whileBusy(place, act),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** SQLite gives its own files beside it (-wal, -shm) the same permissions. */
async function createForUserAlone(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(file, 'a', 0o600)
  await handle.close()
}

function openFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  try {
    // FULL: a settled item must survive a power cut, because its destination row will.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/**
 * Waits for a locked file outside of SQLite. Its own waiting freezes the whole process: 4.7 s without a heartbeat were
 * measured with two processes of four workers.
 */
async function whileBusy<Answer>(place: SqlitePlace, act: () => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + LOCK_WAIT_MS
  for (let attempt = 1; ; attempt++) {
    try {
      return await act()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw sqliteError(error, place)
      // Rivals that met once must not meet again: the waits of two processes differ.
      await setTimeout(1 + ((process.pid * attempt) % 9))
    }
  }
}
