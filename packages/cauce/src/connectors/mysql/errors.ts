import { CauceError } from '../../model/cauce-error.ts'
import type { ErrorCodeName } from '../../model/error-codes.ts'
import { toCauceError } from '../../model/to-cauce-error.ts'
import { isLost } from './connection.ts'
import { rowReason } from './row-reasons.ts'

/** What the error is about, for people. */
export interface ErrorPlace {
  readonly displayUrl: string
  /** The table a statement was working on, where it was one. */
  readonly table?: string | undefined
}

/** Turns an error of the driver into one of ours. Texts of the server never pass with values of rows in them. */
export function toMysqlError(error: unknown, place: ErrorPlace): CauceError {
  if (error instanceof CauceError) return error
  const url = place.displayUrl
  const { errno, code } = numbered(error)
  const options = { cause: error }
  if (errno === 1049)
    return new CauceError(
      'CONFIG_INVALID',
      { where: url, detail: 'the database does not exist; create it' },
      options,
    )
  const setting = errno === undefined ? undefined : SERVER_SETTINGS[errno]
  if (setting !== undefined) return new CauceError('CONFIG_INVALID', { where: url, detail: setting }, options)
  if (errno !== undefined && place.table !== undefined) {
    const reason = rowReason(errno)
    // No cause: its message may quote a value.
    if (reason !== undefined)
      return new CauceError('DESTINATION_REFUSED_ROWS', {
        table: place.table,
        detail: `${whereIn(error)}${reason}`,
      })
    if (SHAPE_NUMBERS.has(errno))
      return new CauceError('DESTINATION_SHAPE', { table: place.table, detail: wordsOf(error) }, options)
  }
  const found = codeOf(error, errno, code)
  if (found !== undefined || errno !== undefined)
    return new CauceError(
      found ?? 'DESTINATION_FAILED',
      { url, detail: detailOf(error, errno, code) },
      options,
    )
  return toCauceError(error, { code: 'DESTINATION_FAILED', details: { url } })
}

/** Whether waiting a moment and doing the whole transaction again may succeed: deadlock, lock wait. */
export function isLockConflict(error: unknown): boolean {
  const { errno } = numbered(error instanceof CauceError ? error.cause : error)
  return errno === DEADLOCK || errno === LOCK_WAIT
}

export function isLockWait(error: unknown): boolean {
  return numbered(error).errno === LOCK_WAIT
}

export function isDuplicateKey(error: unknown): boolean {
  const { errno } = numbered(error)
  return errno === 1062 || errno === 1586
}

/** Whether an ALTER TABLE found that another had added the column, or its index, already. */
export function isDoubleColumn(error: unknown): boolean {
  const { errno } = numbered(error)
  return errno === 1060 || errno === 1061
}

/** Whether the account may not do what it was asked to do with a table. */
export function isDenied(error: unknown): boolean {
  const { errno } = numbered(error)
  return errno === 1142 || errno === 1044 || errno === 1227
}

/** Whether the server, its settings or the driver forbid LOAD DATA LOCAL INFILE. */
export function isInfileForbidden(error: unknown): boolean {
  const { errno } = numbered(error)
  return errno !== undefined && [1148, 2068, 3948, 4166].includes(errno)
}

/** Whether a storage engine is not there, or forbidden on this server. */
export function isUnknownEngine(error: unknown): boolean {
  return numbered(error).errno === 1286
}

const LOCK_WAIT = 1205
const DEADLOCK = 1213

function codeOf(
  error: unknown,
  errno: number | undefined,
  code: string | undefined,
): ErrorCodeName | undefined {
  if (errno !== undefined && ACCESS_NUMBERS.has(errno)) return 'DESTINATION_ACCESS'
  if (errno === LOCK_WAIT || errno === DEADLOCK) return 'DESTINATION_BUSY'
  if (errno !== undefined && UNREACHABLE_NUMBERS.has(errno)) return 'DESTINATION_UNREACHABLE'
  if (code !== undefined && isTlsRefusal(code)) return 'DESTINATION_ACCESS'
  return isLost(error) ? 'DESTINATION_UNREACHABLE' : undefined
}

/** Credentials, grants, accounts, read-only servers, TLS demanded. */
const ACCESS_NUMBERS: ReadonlySet<number> = new Set([
  1044, 1045, 1130, 1142, 1143, 1227, 1251, 1275, 1290, 1370, 1410, 1698, 1792, 1820, 1836, 1862, 3118, 3159,
  4151,
])

/** Too many connections, host blocked, and the server's words for a broken line. */
const UNREACHABLE_NUMBERS: ReadonlySet<number> = new Set([
  1040, 1042, 1043, 1129, 1152, 1154, 1156, 1158, 1159, 1160, 1161, 1184, 1203, 1226,
])

/** Tables and columns that are not what we need: missing, misnamed, too wide, indexes too long. */
const SHAPE_NUMBERS: ReadonlySet<number> = new Set([
  1054, 1059, 1060, 1061, 1068, 1071, 1072, 1074, 1075, 1103, 1110, 1113, 1117, 1118, 1146, 1163, 1166, 1167,
  1170, 1300, 1347, 1348, 1471, 1906, 3105,
])

const SERVER_SETTINGS: Readonly<Record<number, string>> = {
  1665: 'the server writes its binary log as statements, which READ COMMITTED forbids; set binlog_format to ROW or MIXED',
  3750: 'the server demands a primary key for every table (sql_require_primary_key); turn that off for this user, or set sql_generate_invisible_primary_key',
}

function isTlsRefusal(code: string): boolean {
  return /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HANDSHAKE_)/.test(code)
}

function detailOf(error: unknown, errno: number | undefined, code: string | undefined): string {
  if (errno !== undefined && isFull(error, errno)) return `the server has no room left (error ${errno})`
  if (errno === LOCK_WAIT) return 'rows stayed locked by somebody else (error 1205)'
  if (errno === DEADLOCK) return 'we and somebody else kept waiting for each other (error 1213)'
  // Its message quotes the statement, in which there may be rows.
  if (errno === 1064) return 'it did not understand a statement of ours (error 1064)'
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return 'the server offers no TLS'
  if (errno !== undefined) return `${wordsOf(error)} (error ${errno})`
  return wordsOf(error)
}

/** Disk full, table full, memory limits; also where a storage engine only hands on the system's word. */
function isFull(error: unknown, errno: number): boolean {
  return (
    [1021, 1037, 1038, 1041, 1114].includes(errno) ||
    (error instanceof Error && /no space left on device|\berror 28\b/i.test(error.message))
  )
}

/**
 * The server's words. What it puts between quotes may be a value of a row, so only names known to be names are left: those
 * after words like `column`, `table`, `key` and `user`.
 */
function wordsOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replaceAll(/(\b\w+) (['"])(?:(?!\2).)*\2/gs, (quoted, word: string) =>
    /^(?:column|table|key|user|database|name|index|field|identifier|for|to|host)$/i.test(word)
      ? quoted
      : `${word} …`,
  )
}

/** `column x, row 3: ` as far as the server tells. */
function whereIn(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  const column = /column ['`](?:.*`\.`)?([^'`]+)['`]/i.exec(message)?.[1]
  return column === undefined ? '' : `column ${column}: `
}

function numbered(error: unknown): { readonly errno: number | undefined; readonly code: string | undefined } {
  if (!(error instanceof Error)) return { errno: undefined, code: undefined }
  const { errno, code } = error as { errno?: unknown; code?: unknown }
  // Node's own network errors carry negative numbers.
  return {
    errno: typeof errno === 'number' && errno > 0 ? errno : undefined,
    code: typeof code === 'string' ? code : undefined,
  }
}
