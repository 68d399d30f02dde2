import { statfsSync } from 'node:fs'
import path from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'

/** Where a ledger lies, for people. */
export interface SqlitePlace {
  readonly displayUrl: string
  readonly path: string
}

/** SQLite's primary result codes (sqlite.org/rescode.html) that need other words than its own. */
const SQLITE = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
}

/** SQLite's -shm file grows in steps of this. */
const SHARED_MEMORY_BYTES = 32_768

/** Whether another process holds the file: waiting and trying again helps. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === SQLITE.busy
}

/** What an error met at the ledger means, and what to do about it. */
export function sqliteError(error: unknown, { displayUrl: url, path: file }: SqlitePlace): CauceError {
  const code = resultCode(error)
  if (code === undefined) return toCauceError(error, { code: 'LEDGER_FAILED', details: { url } })
  const said = error instanceof Error ? error.message : String(error)
  if (code === SQLITE.full || (code === SQLITE.ioError && hasNoRoom(file)))
    return new CauceError('DISK_FULL', { path: file }, { cause: error })
  if (code === SQLITE.constraint)
    return new CauceError('BUG', { detail: `ledger ${url}: ${said}` }, { cause: error })
  return new CauceError('LEDGER_FAILED', { url, detail: `${said}${remedy(code, file)}` }, { cause: error })
}

function remedy(code: number, file: string): string {
  switch (code) {
    case SQLITE.busy:
      return '; another process kept it locked. Try again, or end that process'
    case SQLITE.readOnly:
    case SQLITE.cannotOpen:
      return `; this user must be allowed to write the file ${file} and its folder`
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return `; the file is damaged or is no ledger. Put a backup of ${file} in its place, or name another ledger`
    default:
      return ''
  }
}

/** What SQLite cannot write beside its file (-shm) is a plain I/O error to it, whatever the reason. */
function hasNoRoom(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file))
    return bavail * bsize < SHARED_MEMORY_BYTES
  } catch {
    return false
  }
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return Number(error.errcode) & 0xff
}
