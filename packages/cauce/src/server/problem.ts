import type { CauceError } from '../model/cauce-error.ts'
import type { ErrorClass } from '../model/error-class.ts'
import type { ErrorCodeName } from '../model/error-codes.ts'
import type { Language, Text } from '../model/language.ts'
import { integer, named, object, text, type TypeOf } from './api/schema.ts'

/** What every refused or failed request is answered with (RFC 9457). */
export const problem = named(
  'Problem',
  object({
    type: text({ description: 'A name for this kind of problem: urn:cauce:error:<code>' }),
    title: text({ description: 'The status, in words' }),
    status: integer({ description: 'The HTTP status' }),
    code: text({ description: 'The error code, the same in every language' }),
    detail: text({ description: 'What is wrong and what to do, in the language asked for' }),
  }),
)

export type Problem = TypeOf<typeof problem>

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

const STATUS_OF_CODE: Partial<Readonly<Record<ErrorCodeName, number>>> = {
  HTTP_TOKEN: 401,
  HTTP_HOST: 421,
  HTTP_ADDRESS: 404,
  PIPELINE_UNKNOWN: 404,
  ITEM_UNKNOWN: 404,
  RUN_UNKNOWN: 404,
  ITEM_STATE: 409,
}

const STATUS_OF_CLASS: Readonly<Record<ErrorClass, number>> = {
  usage: 400,
  // What was asked for is well said, and cannot be done as things stand.
  layout: 409,
  config: 409,
  access: 503,
  system: 503,
  bug: 500,
}

const TITLES: Readonly<Record<number, Text>> = {
  400: { en: 'Bad request', es: 'Petición incorrecta' },
  401: { en: 'Not authorized', es: 'Sin autorización' },
  404: { en: 'Not found', es: 'No encontrado' },
  409: { en: 'Conflict', es: 'Conflicto' },
  413: { en: 'Too large', es: 'Demasiado grande' },
  415: { en: 'Unknown media type', es: 'Tipo de contenido desconocido' },
  421: { en: 'Not this server', es: 'No es este servidor' },
  500: { en: 'Internal error', es: 'Error interno' },
  503: { en: 'Not available', es: 'No disponible' },
}

/** Its stack goes to the log of the process; whoever asks can do nothing with it. */
const FAULT: Text = {
  en: 'Cauce met a fault of its own. Its log tells which; please report it.',
  es: 'Cauce encontró un fallo propio. Su registro dice cuál; por favor repórtelo.',
}

export function statusOf(error: CauceError): number {
  return STATUS_OF_CODE[error.code] ?? STATUS_OF_CLASS[error.class]
}

export function problemOf(error: CauceError, language: Language, status = statusOf(error)): Problem {
  return {
    type: `urn:cauce:error:${error.code.toLowerCase()}`,
    title: (TITLES[status] ?? TITLES[status < 500 ? 400 : 500])?.[language] ?? '',
    status,
    code: error.code,
    detail: error.class === 'bug' ? FAULT[language] : error.textIn(language),
  }
}
