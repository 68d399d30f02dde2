import { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'

/** Where a ledger lies, for people. */
export interface LedgerPlace {
  readonly url: string
  readonly path: string
}

/** SQLite's primary result codes (sqlite.org/rescode.html) that need other words than its own. */
const SQLITE = {
  busy: 5,
  readOnly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
}

/** Whether another process holds the file: waiting and trying again helps. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === SQLITE.busy
}

/** What an error met at the ledger means, and what to do about it. */
export function ledgerError(error: unknown, { url, path }: LedgerPlace): CauceError {
  const code = resultCode(error)
  if (code === undefined) return toCauceError(error, { code: 'LEDGER_FAILED', details: { url } })
  const said = error instanceof Error ? error.message : String(error)
  if (code === SQLITE.full) return new CauceError('DISK_FULL', { path }, { cause: error })
  if (code === SQLITE.constraint)
    return new CauceError('BUG', { detail: `ledger ${url}: ${said}` }, { cause: error })
  return new CauceError('LEDGER_FAILED', { url, detail: `${said}${remedy(code, path)}` }, { cause: error })
}

function remedy(code: number, path: string): string {
  switch (code) {
    case SQLITE.busy:
      return '; another process kept it locked. Try again, or end that process'
    case SQLITE.readOnly:
    case SQLITE.cannotOpen:
      return `; this user must be allowed to write the file ${path} and its folder`
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return `; the file is damaged or is no ledger. Put a backup of ${path} in its place, or name another ledger`
    default:
      return ''
  }
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return Number(error.errcode) & 0xff
}
