import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CamelCasePlugin, Kysely } from 'kysely'
import { CauceError } from '../model/cauce-error.ts'
import { type Ledger, whileBusy } from './ledger-access.ts'
import { migrateLedger } from './migrate-ledger.ts'
import { refuseNetworkFileSystem } from './network-file-system.ts'
import { NodeSqliteDialect } from './node-sqlite-dialect.ts'
import type { LedgerTables } from './tables.ts'

const SCHEME = 'sqlite:'

/** What SQLite may wait by itself, blocking the process; beyond it the wait is ours (`whileBusy`). */
const BUSY_TIMEOUT_MS = 20

/**
 * Opens the ledger at `sqlite:<path>` (relative to the current directory), creating what is absent for this user alone
 * (folder 0700, file 0600) and bringing it to the newest shape. Several processes of one machine may have it open.
 * @throws {CauceError} CONFIG_INVALID: no such scheme, a network file system, a newer ledger; LEDGER_FAILED, DISK_FULL
 */
export async function openLedger(url: string): Promise<Ledger> {
  if (!url.startsWith(SCHEME) || url === SCHEME)
    throw new CauceError('CONFIG_INVALID', {
      where: 'ledger',
      detail: `${schemeOf(url)} is not a place for a ledger. Write sqlite:<path>`,
    })
  const file = path.resolve(url.slice(SCHEME.length))
  const place = { url: `${SCHEME}${file}`, path: file }
  const db = await whileBusy(place, async () => {
    await refuseNetworkFileSystem(file)
    await createForUserAlone(file)
    return new Kysely<LedgerTables>({
      dialect: new NodeSqliteDialect(openFile(file)),
      plugins: [new CamelCasePlugin()],
    })
  })
  const close = async () => db.destroy()
  const ledger: Ledger = { ...place, db, close, [Symbol.asyncDispose]: close }
  try {
    await migrateLedger(ledger)
  } catch (error) {
    await close()
    throw error
  }
  return ledger
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

/** A url may hold a password: only its scheme is shown. */
function schemeOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? 'a text without a scheme'
}
