import { CauceError } from '../../model/cauce-error.ts'
import type { Text } from '../../model/language.ts'
import { toCauceError } from '../../model/to-cauce-error.ts'
import { codeOf, messageOf, nameOf, statusOf } from './driver-error.ts'
import type { S3Location } from './location.ts'
import { misconfiguration } from './misconfiguration.ts'
import { refusal } from './refusals.ts'

type Place = Pick<S3Location, 'displayUrl' | 'endpoint' | 'region' | 'timeoutMs' | 'bucket' | 'login'>

/** The server stopped answering: waiting as long once more would break the time we declare, so it is not tried again. */
class ServerSilent extends Error {
  override readonly name = 'ServerSilent'
}

/** No answer within the time allowed. */
export function serverSilent(place: Place): CauceError {
  const seconds = place.timeoutMs / 1_000
  const detail = `no answer for ${seconds} s (raise ?timeout= if that is normal)`
  const detalle = `sin respuesta durante ${seconds} s (suba ?timeout= si es normal)`
  return unreachable(place, { en: detail, es: detalle }, new ServerSilent(detail))
}

/** The connection broke; a new one may help. */
export function connectionLost(place: Place, cause: unknown): CauceError {
  const words = wordsFor(cause, place)
  return unreachable(place, words, cause)
}

/** Whether another try at once is worth it. */
export function mayTryAgain(error: unknown): boolean {
  if (!(error instanceof CauceError)) return false
  // The driver learns the server's time from such a refusal: the next request carries it.
  if (nameOf(error.cause) === 'RequestTimeTooSkewed') return true
  return error.code === 'SOURCE_UNREACHABLE' && !(error.cause instanceof ServerSilent)
}

/** A request that failed; `key` names its object, where it was about one. */
export function requestError(error: unknown, place: Place, key: string | undefined): CauceError {
  if (error instanceof CauceError) return error
  const { displayUrl: url, bucket } = place
  if (isTimeout(error)) return serverSilent(place)
  if (nameOf(error) === 'NoSuchBucket') return new CauceError('SOURCE_MISSING', { url }, { cause: error })
  const ofObject = key === undefined ? undefined : objectError(error, key)
  if (ofObject !== undefined) return ofObject
  const wrong = misconfiguration(error, place)
  if (wrong !== undefined)
    return new CauceError(
      'CONFIG_INVALID',
      { where: `source s3://${bucket}`, ...both(wrong) },
      { cause: error },
    )
  const refused = refusal(error, key === undefined ? url : JSON.stringify(key))
  if (refused !== undefined)
    return new CauceError('SOURCE_ACCESS', { url, ...both(refused) }, { cause: error })
  // Neither an answer nor a failure of the network: our own mistakes are among what is left.
  if (statusOf(error) === undefined && !isOfNetwork(error))
    return toCauceError(scrubbed(error, place), { code: 'SOURCE_UNREACHABLE', details: { url } })
  return connectionLost(place, error)
}

/** What is the matter with the object itself. */
function objectError(error: unknown, file: string): CauceError | undefined {
  const change = CHANGED[statusOf(error) ?? 0]
  if (change !== undefined)
    return new CauceError('SOURCE_CHANGED', { file, ...both(change) }, { cause: error })
  const reason = UNREADABLE[nameOf(error)]
  return reason && new CauceError('FILE_UNREADABLE', { file, ...both(reason) }, { cause: error })
}

/** A refused removal of an object that was loaded. */
export function deleteError(error: unknown, file: string): unknown {
  return refusedAs(error, 'SOURCE_DELETE', file)
}

/** A removal that is known to be refused, before anything is loaded. */
export function notDeletable(error: unknown, file: string): unknown {
  return refusedAs(error, 'SOURCE_NOT_DELETABLE', file)
}

function refusedAs(error: unknown, code: 'SOURCE_DELETE' | 'SOURCE_NOT_DELETABLE', file: string): unknown {
  if (!(error instanceof CauceError) || error.code !== 'SOURCE_ACCESS') return error
  const { detail = '', detalle = detail } = error.details
  return new CauceError(code, { file, detail, detalle }, { cause: error.cause })
}

/** Whether this is ours for: there is no such object (any more). */
export function isGone(error: unknown): boolean {
  return error instanceof CauceError && error.code === 'SOURCE_CHANGED' && statusOf(error.cause) === 404
}

/** Whether the server does not know what was asked of it. */
export function isNotImplemented(error: unknown): boolean {
  return statusOf(error) === 501
}

/** Whether the answer came without a body, as all to HEAD do, and so does not say why. */
export function isUnexplained(error: unknown): boolean {
  return [301, 400, 403].includes(statusOf(error) ?? 0)
}

const CHANGED: Readonly<Record<number, Text>> = {
  404: { en: 'it is gone', es: 'ya no está' },
  409: { en: 'it is being replaced', es: 'se está reemplazando' },
  412: { en: 'it was replaced since it was listed', es: 'se reemplazó desde que se listó' },
  416: { en: 'it is shorter than when it was listed', es: 'es más corto que cuando se listó' },
}

const REFUSED_NAME: Text = {
  en: 'the server takes that for no name of an object',
  es: 'el servidor no acepta eso como nombre de objeto',
}

const UNREADABLE: Readonly<Record<string, Text>> = {
  InvalidObjectState: {
    en: 'it lies in a storage class for archives: restore it first',
    es: 'está en una clase de almacenamiento de archivo: restáurelo primero',
  },
  // MinIO keeps objects in folders, and refuses `a//b`, `.` and `..`; nobody takes more than 1,024 bytes.
  XMinioInvalidObjectName: REFUSED_NAME,
  XMinioInvalidResourceName: REFUSED_NAME,
  KeyTooLongError: REFUSED_NAME,
}

function unreachable(place: Place, words: Text, cause: unknown): CauceError {
  const at = place.endpoint === undefined ? '' : ` (${place.endpoint})`
  const details = { url: place.displayUrl, detail: `${words.en}${at}`, detalle: `${words.es}${at}` }
  return new CauceError('SOURCE_UNREACHABLE', details, { cause })
}

const WORDS: Readonly<Record<string, Text>> = {
  ENOTFOUND: { en: 'the name of the host is not known', es: 'no se conoce el nombre del servidor' },
  EAI_AGAIN: {
    en: 'the name of the host could not be looked up',
    es: 'no se pudo consultar el nombre del servidor',
  },
  ECONNREFUSED: { en: 'nothing listens on that port', es: 'nada escucha en ese puerto' },
  ECONNRESET: { en: 'the connection was reset', es: 'la conexión se cortó' },
  EPIPE: { en: 'the connection was closed', es: 'la conexión se cerró' },
  ETIMEDOUT: { en: 'the host did not answer', es: 'el servidor no respondió' },
  EHOSTUNREACH: { en: 'there is no way to the host', es: 'no hay camino al servidor' },
  ENETUNREACH: {
    en: 'there is no way to the network of the host',
    es: 'no hay camino a la red del servidor',
  },
}

/** The driver gives the same name to broken connections, which have the system's code. */
function isTimeout(error: unknown): boolean {
  return nameOf(error) === 'TimeoutError' && ['', 'ETIMEDOUT'].includes(codeOf(error))
}

function isOfNetwork(error: unknown): boolean {
  return WORDS[codeOf(error)] !== undefined || messageOf(error) === 'aborted'
}

function wordsFor(error: unknown, place: Place): Text {
  const code = codeOf(error)
  const words = WORDS[code]
  if (words !== undefined) return { en: `${words.en} (${code})`, es: `${words.es} (${code})` }
  const status = statusOf(error)
  const said = scrubbed(error, place).message
  const text = status === undefined ? said : `${status} ${nameOf(error)}: ${said}`
  return { en: text, es: text }
}

/** Servers and drivers may repeat what they were shown. */
function scrubbed(error: unknown, { login: { base } }: Place): Error {
  const message = messageOf(error)
  if (base.kind !== 'keys') return error instanceof Error ? error : new Error(message)
  const secrets = [base.secretKey, base.sessionToken, base.accessKey].filter((text) => text !== undefined)
  if (!secrets.some((secret) => message.includes(secret)))
    return error instanceof Error ? error : new Error(message)
  return new Error(secrets.reduce((text, secret) => text.replaceAll(secret, '•••'), message))
}

function both({ en, es }: Text): { readonly detail: string; readonly detalle: string } {
  return { detail: en, detalle: es }
}
