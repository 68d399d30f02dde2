import { CauceError } from '../../model/cauce-error.ts'
import type { ErrorCodeName } from '../../model/error-codes.ts'
import { toCauceError } from '../../model/to-cauce-error.ts'
import { isLost, sqlState, systemCode } from '../../model/postgres-lost.ts'
import { rowReason } from './row-reasons.ts'

/** What the error is about, for people. */
export interface ErrorPlace {
  readonly displayUrl: string
  /** The table a statement was working on, where it was one. */
  readonly table?: string | undefined
  /** Names that may be said, besides the server's own word for a column. */
  readonly columns?: readonly string[] | undefined
}

/** Turns an error of the driver into one of ours. Texts of the server never pass with values of rows in them. */
export function toPostgresError(error: unknown, place: ErrorPlace): CauceError {
  if (error instanceof CauceError) return error
  const url = place.displayUrl
  const state = sqlState(error)
  const options = { cause: error }
  if (state === '3D000' || state === '57P04')
    return new CauceError(
      'CONFIG_INVALID',
      { where: url, detail: 'the database does not exist; create it' },
      options,
    )
  if (state !== undefined && place.table !== undefined && accessOf(error, state) === undefined) {
    const reason = rowReason(state)
    // No cause: its message may quote a value.
    if (reason !== undefined)
      return new CauceError('DESTINATION_REFUSED_ROWS', {
        table: place.table,
        detail: `${whereIn(error, place.columns ?? [])}${reason}${constraintOf(error)}`,
      })
    if (isAboutShape(state))
      return new CauceError(
        'DESTINATION_SHAPE',
        { table: place.table, detail: wordsOf(error, state) },
        options,
      )
  }
  const found = codeOf(error, state)
  if (found !== undefined || state !== undefined)
    return new CauceError(found ?? 'DESTINATION_FAILED', { url, detail: detailOf(error, state) }, options)
  return toCauceError(error, { code: 'DESTINATION_FAILED', details: { url } })
}

const DEADLOCK = '40P01'
const SERIALIZATION = '40001'
const LOCK_WAIT = '55P03'

/** Whether waiting a moment and doing the whole transaction again may succeed: deadlock, lock wait. */
export function isLockConflict(error: unknown): boolean {
  const state = sqlState(error instanceof CauceError ? error.cause : error)
  return state === DEADLOCK || state === SERIALIZATION || state === LOCK_WAIT
}

export function isLockWait(error: unknown): boolean {
  return sqlState(error) === LOCK_WAIT
}

export function isDuplicateKey(error: unknown): boolean {
  return sqlState(error) === '23505'
}

function codeOf(error: unknown, state: string | undefined): ErrorCodeName | undefined {
  const access = accessOf(error, state)
  if (access !== undefined) return 'DESTINATION_ACCESS'
  if (state !== undefined && [DEADLOCK, SERIALIZATION, LOCK_WAIT].includes(state)) return 'DESTINATION_BUSY'
  return isLost(error) ? 'DESTINATION_UNREACHABLE' : undefined
}

/** Credentials, grants, TLS, and servers that only answer questions. */
function accessOf(error: unknown, state: string | undefined): string | undefined {
  if (state === undefined) return isRefusedEntry(error) ? wordsOf(error, state) : undefined
  if (state === '25006' || (state === '0A000' && /recovery/.test(messageOf(error))))
    return 'it only answers questions (is it a replica?); name the server that writes'
  return state.startsWith('28') || state === '42501' ? wordsOf(error, state) : undefined
}

/** TLS that does not come about, and passwords the driver finds it has none of. */
function isRefusedEntry(error: unknown): boolean {
  const code = systemCode(error)
  if (code !== undefined)
    return /^(?:ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_)/.test(code)
  return /does not support SSL|^SASL:/.test(messageOf(error))
}

/** Tables, columns and types that are not what we need: class 42 but for syntax, and limits of what a table can be. */
function isAboutShape(state: string): boolean {
  if (state === '42601' || state === '42501') return false
  return state.startsWith('42') || ['0A000', '54011', '54001', '55000', '3F000', '428C9'].includes(state)
}

function detailOf(error: unknown, state: string | undefined): string {
  const access = accessOf(error, state)
  if (access !== undefined) return access
  switch (state) {
    case LOCK_WAIT:
      return `rows stayed locked by somebody else (${state})`
    case DEADLOCK:
    case SERIALIZATION:
      return `we and somebody else kept waiting for each other (${state})`
    case '53100':
      return `the server has no room left (${state})`
    case '53200':
    case '53400':
      return `the server is short of memory (${state})`
    case '57014':
      return `a statement took too long, or somebody cancelled it (${state})`
    // Its message quotes the statement, in which there may be rows.
    case '42601':
      return `it did not understand a statement of ours (${state})`
    case undefined:
      return wordsOf(error, state)
    default:
      return `${wordsOf(error, state)} (${state})`
  }
}

/** Errors of these classes quote names, in others there may be a value of a row between the quotes. */
const NAMING = /^(?:08|28|3D|3F|42|53|55|57)/

function wordsOf(error: unknown, state: string | undefined): string {
  const message = messageOf(error)
  return state === undefined || NAMING.test(state) ? message : message.replaceAll(/"(?:[^"]|"")*"/g, '…')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

interface ServerWords {
  readonly where?: unknown
  readonly column?: unknown
  readonly constraint?: unknown
}

/** `column x, staged line 3: ` as far as the server tells. Its context ends with the value itself. */
function whereIn(error: unknown, columns: readonly string[]): string {
  const { where, column } = error as ServerWords
  const context = typeof where === 'string' ? where : ''
  const line = /^COPY [^\n]*?, line (\d+)/.exec(context)?.[1]
  const named = columns.find((name) => context.startsWith(`, column ${name}: `, context.indexOf(', column ')))
  const shown = typeof column === 'string' ? column : named
  const parts = [
    ...(shown === undefined ? [] : [`column ${shown}`]),
    ...(line === undefined ? [] : [`staged line ${line}`]),
  ]
  return parts.length === 0 ? '' : `${parts.join(', ')}: `
}

function constraintOf(error: unknown): string {
  const { constraint } = error as ServerWords
  return typeof constraint === 'string' ? ` (constraint ${constraint})` : ''
}
