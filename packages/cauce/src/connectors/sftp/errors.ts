import { CauceError } from '../../model/cauce-error.ts'
import { toCauceError } from '../../model/to-cauce-error.ts'
import type { SftpLocation } from './location.ts'

type Place = Pick<SftpLocation, 'displayUrl' | 'timeoutMs'>

/** The server stopped answering: waiting as long once more would break the time we declare, so it is not tried again. */
class ServerSilent extends Error {
  override readonly name = 'ServerSilent'
}

/** No answer within the time allowed. */
export function serverSilent({ displayUrl, timeoutMs }: Place): CauceError {
  const detail = `no answer for ${timeoutMs / 1_000} s (raise ?timeout= if that is normal)`
  return new CauceError(
    'SOURCE_UNREACHABLE',
    { url: displayUrl, detail },
    { cause: new ServerSilent(detail) },
  )
}

/** The connection is gone; a new one may help. */
export function connectionLost({ displayUrl }: Place, cause: unknown): CauceError {
  return new CauceError('SOURCE_UNREACHABLE', { url: displayUrl, detail: wordsFor(cause) }, { cause })
}

/** Whether another try at once is worth it. */
export function mayTryAgain(error: unknown): boolean {
  return (
    error instanceof CauceError &&
    error.code === 'SOURCE_UNREACHABLE' &&
    !(error.cause instanceof ServerSilent)
  )
}

/** A failure while connecting, logging in or starting SFTP. `credentials` names what was offered, for people. */
export function connectError(error: unknown, place: Place, credentials: string): CauceError {
  if (error instanceof CauceError) return error
  const level = propertyOf(error, 'level')
  const message = messageOf(error)
  const access = (detail: string): CauceError =>
    new CauceError('SOURCE_ACCESS', { url: place.displayUrl, detail }, { cause: error })
  if (level === 'client-authentication' || /authentication fail/i.test(message))
    return access(`the server did not accept ${credentials}`)
  if (level === 'agent') return access(`the ssh agent failed: ${message}`)
  if (message.startsWith('Cannot parse privateKey')) return access(keyTrouble(message))
  if (/subsystem/i.test(message)) return access('the server gives this account no SFTP')
  return connectionLost(place, error)
}

/** A request the server refused, or that got no answer; `what` names its object for people. */
export function requestError(error: unknown, place: Place, what: string): CauceError {
  if (error instanceof CauceError) return error
  const status = statusOf(error)
  if (status === undefined)
    return toCauceError(error, { code: 'SOURCE_UNREACHABLE', details: { url: place.displayUrl } })
  const url = place.displayUrl
  if (status === STATUS.permissionDenied)
    return new CauceError('SOURCE_ACCESS', { url, detail: `no permission to read ${what}` }, { cause: error })
  return new CauceError(
    'SOURCE_UNREACHABLE',
    { url, detail: `${what}: ${messageOf(error)}` },
    { cause: error },
  )
}

/** A refused removal of a file that was loaded. */
export function deleteError(error: unknown, place: Place, file: string): CauceError {
  if (statusOf(error) === undefined) return requestError(error, place, JSON.stringify(file))
  return new CauceError('SOURCE_DELETE', { file, detail: messageOf(error) }, { cause: error })
}

/** Whether the server said that nothing is there (any more). */
export function isGone(error: unknown): boolean {
  return statusOf(error) === STATUS.noSuchFile
}

/** The status code of a server's answer; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const code = propertyOf(error, 'code')
  return typeof code === 'number' && !(error instanceof CauceError) ? code : undefined
}

/** SFTP version 3, section 7. */
const STATUS = { noSuchFile: 2, permissionDenied: 3 } as const

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ECONNREFUSED: 'nothing listens on that port',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the host did not answer',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network of the host',
}

function wordsFor(error: unknown): string {
  const code = propertyOf(error, 'code')
  const words = typeof code === 'string' ? WORDS[code] : undefined
  return words === undefined ? messageOf(error) : `${words} (${String(code)})`
}

function keyTrouble(message: string): string {
  if (/no passphrase given/i.test(message)) return 'the private key is encrypted; give ?passphrase='
  if (/passphrase/i.test(message)) return 'the passphrase does not open the private key'
  return 'the private key file holds no key that can be read'
}

function propertyOf(error: unknown, name: string): unknown {
  return error instanceof Error && name in error
    ? (error as unknown as Record<string, unknown>)[name]
    : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
