import { CauceError } from '../model/cauce-error.ts'
import { isLost as isLostToDriver, sqlState, systemCode } from '../model/postgres-lost.ts'
import { toCauceError } from '../model/to-cauce-error.ts'

/** Where a ledger lies, for people. */
export interface PostgresPlace {
  readonly displayUrl: string
}

/** SQLSTATEs of the server that need other words than its own (postgresql.org/docs/current/errcodes-appendix.html). */
const SQLSTATE = {
  databaseDropped: '57P04',
  deadlock: '40P01',
  serialization: '40001',
  lockNotAvailable: '55P03',
  tooLong: '57014',
  readOnly: '25006',
  noDatabase: '3D000',
  noPrivilege: '42501',
  diskFull: '53100',
}

/** A statement that got no answer in time: the line is dead, whatever the driver believes. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

/** Whether the connection is gone or could not be had: on another one the same may work. */
export function isLost(error: unknown): boolean {
  return error instanceof NoAnswerError || isLostToDriver(error)
}

/**
 * Whether the server, asked after a transaction, says that its number is yet to come: it crashed, and counts on from what it had
 * written by then. The COMMIT was not among it.
 */
export function isIdOfFuture(error: unknown): boolean {
  return sqlState(error) === '22023'
}

/** Whether a rival was in the way, and the same transaction may work a moment later. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error)
  return (
    state === SQLSTATE.deadlock || state === SQLSTATE.serialization || state === SQLSTATE.lockNotAvailable
  )
}

/** Whether somebody else created the same thing at the same moment: schema, table, type, or a row of the catalogue. */
export function isCreatedMeanwhile(error: unknown): boolean {
  const state = sqlState(error)
  return state !== undefined && ['42P06', '42P07', '42710', '23505'].includes(state)
}

/** What an error met at the ledger means, and what to do about it. */
export function postgresError(error: unknown, { displayUrl: url }: PostgresPlace): CauceError {
  if (error instanceof CauceError) return error
  const state = sqlState(error)
  const options = { cause: error }
  if (state === SQLSTATE.noDatabase || state === SQLSTATE.databaseDropped)
    return new CauceError(
      'CONFIG_INVALID',
      {
        where: `ledger ${url}`,
        detail: 'the database does not exist; create it',
        detalle: 'la base de datos no existe; créela',
      },
      options,
    )
  const misread = unreadable(error)
  if (misread !== undefined)
    return new CauceError('CONFIG_INVALID', { where: `ledger ${url}`, detail: misread }, options)
  if (state === SQLSTATE.noPrivilege || state?.startsWith('28') || isTlsRefusal(error))
    return new CauceError('LEDGER_ACCESS', { url, detail: wordsOf(error) }, options)
  if (isLost(error)) return new CauceError('LEDGER_UNREACHABLE', { url, detail: wordsOf(error) }, options)
  if (state === undefined) return toCauceError(error, { code: 'LEDGER_FAILED', details: { url } })
  if (state.startsWith('23'))
    return new CauceError('BUG', { detail: `ledger ${url}: ${wordsOf(error)}` }, options)
  return new CauceError('LEDGER_FAILED', { url, detail: `${wordsOf(error)}${remedy(state)}` }, options)
}

function remedy(state: string): string {
  switch (state) {
    case SQLSTATE.readOnly:
      return '; it only answers questions (is it a replica?). Name the server that writes'
    case SQLSTATE.tooLong:
      return '; it took too long, or somebody held its rows. Try again, and see what else the server does'
    case SQLSTATE.diskFull:
      return "; free space on the server's disk"
    case SQLSTATE.deadlock:
    case SQLSTATE.serialization:
    case SQLSTATE.lockNotAvailable:
      return '; others kept being in the way. Try again'
    default:
      return ` (SQLSTATE ${state})`
  }
}

/** What keeps the driver from making sense of the URL: a certificate's file that cannot be read, a host that is none. */
function unreadable(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('syscall' in error && error.syscall === 'open') return wordsOf(error)
  return systemCode(error) === 'ERR_INVALID_URL' || error instanceof URIError ? wordsOf(error) : undefined
}

/** Certificates that do not prove the server, and servers that offer no TLS where it was asked for. */
function isTlsRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || sqlState(error) !== undefined) return false
  const code = systemCode(error) ?? ''
  return (
    /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/.test(code) ||
    error.message.startsWith('The server does not support SSL connections')
  )
}

/** The error's own words, on one line. One that stands for several (every address of a host) has none of its own. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return wordsOf(error.errors[0])
  const message = error instanceof Error ? error.message : String(error)
  return message.replaceAll(/\s+/g, ' ').replace(/\.$/, '')
}
