import type { FastifyError } from 'fastify'
import { CauceError } from '../model/cauce-error.ts'
import { fillText, type Text } from '../model/language.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { statusOf } from './problem.ts'

/** Where in a request a value stands, in words people know from its documents. */
const PLACES: Readonly<Record<string, string>> = { querystring: 'query', params: 'path', headers: 'header' }

/** What a value breaks, by the schema word it breaks. */
const BROKEN: Readonly<Record<string, Text>> = {
  enum: { en: 'write one of {allowedValues}', es: 'escriba uno de {allowedValues}' },
  minimum: { en: 'it must be at least {limit}', es: 'debe ser al menos {limit}' },
  maximum: { en: 'it must be at most {limit}', es: 'debe ser a lo sumo {limit}' },
  maxLength: { en: 'it has more than {limit} characters', es: 'tiene más de {limit} caracteres' },
  maxItems: { en: 'it may be said {limit} times at most', es: 'se puede decir a lo sumo {limit} veces' },
  pattern: { en: 'it must match {pattern}', es: 'debe cumplir {pattern}' },
  required: { en: '{missingProperty} is missing', es: 'falta {missingProperty}' },
  additionalProperties: { en: 'there is no {additionalProperty}', es: 'no existe {additionalProperty}' },
}

type Broken = NonNullable<FastifyError['validation']>[number]

/** What a value of each type is, in words. */
const TYPES: Readonly<Record<string, Text>> = {
  integer: { en: 'it must be a whole number', es: 'debe ser un número entero' },
  boolean: { en: 'it must be true or false', es: 'debe ser true o false' },
  string: { en: 'it must be a text', es: 'debe ser un texto' },
  array: { en: 'it must be a list', es: 'debe ser una lista' },
  object: { en: 'it must be a JSON object', es: 'debe ser un objeto JSON' },
}

/** A refused request or a failure on the way, as an error for people and the status that tells it. */
export function requestError(
  error: unknown,
  ledgerUrl: string,
): { readonly error: CauceError; readonly status: number } {
  if (isFrameworkError(error)) {
    if (error.validation !== undefined) return { error: invalid(error), status: 400 }
    const { statusCode = 500 } = error
    if (statusCode >= 400 && statusCode < 500) {
      const detail = error.message.replace(/\.$/, '')
      return {
        error: new CauceError('HTTP_REQUEST', { where: 'HTTP', detail }, { cause: error }),
        status: statusCode,
      }
    }
    if (error.code === 'FST_ERR_HANDLER_TIMEOUT')
      return {
        error: new CauceError('LEDGER_FAILED', {
          url: ledgerUrl,
          detail: 'it took too long to answer',
          detalle: 'tardó demasiado en responder',
        }),
        status: 503,
      }
  }
  const known = toCauceError(error, { code: 'BUG', details: {} })
  return { error: known, status: statusOf(known) }
}

function isFrameworkError(error: unknown): error is FastifyError {
  return (
    error instanceof Error &&
    ('validation' in error || ('code' in error && String(error.code).startsWith('FST_')))
  )
}

function invalid({ validation = [], validationContext }: FastifyError): CauceError {
  const [first] = validation
  const place = PLACES[validationContext ?? ''] ?? 'body'
  if (first === undefined) return new CauceError('HTTP_REQUEST', { where: place, detail: '' })
  const { en, es } = brokenText(first)
  const params = Object.fromEntries(
    Object.entries(first.params).map(([name, value]) => [name, wordsOf(value)]),
  )
  const field = fieldOf(first.instancePath)
  return new CauceError('HTTP_REQUEST', {
    where: field === '' ? place : `${place}, ${field}`,
    detail: fillText(en, params),
    detalle: fillText(es, params),
  })
}

function brokenText({ keyword, params, message = '' }: Broken): Text {
  return BROKEN[keyword] ?? TYPES[String(params['type'])] ?? { en: message, es: message }
}

/** A parameter that may be said several times is a list here, and none to whoever said it once. */
function fieldOf(instancePath: string): string {
  return instancePath
    .slice(1)
    .replaceAll('/', '.')
    .replace(/\.\d+$/, '')
}

function wordsOf(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}
