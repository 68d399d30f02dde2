import { CauceError, type ErrorDetails } from '../model/cauce-error.ts'
import { ERROR_CODES, type ErrorCodeName } from '../model/error-codes.ts'
import type { Figures } from '../model/figures.ts'
import { fillText, type Language } from '../model/language.ts'
import { LOG_EVENTS, LOG_LEVELS, LOG_WORDS, type LogEventName, type LogLevel } from './log-events.ts'

/** One line of a log, read back. */
export interface LogRecord {
  readonly level: LogLevel
  /** ISO, UTC, with milliseconds. */
  readonly time: string
  /** `host:pid` of whoever wrote it. */
  readonly worker: string
  /** A name of `LOG_EVENTS`, unless a newer Cauce wrote it. */
  readonly event: string
  readonly pipeline?: string
  readonly run?: string
  /** The item's number and key. */
  readonly item?: number
  readonly key?: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** A line of a log file; undefined: it is none (torn by a full disk, or not ours). */
export function parseLogLine(line: string): LogRecord | undefined {
  try {
    const found = JSON.parse(line) as unknown
    return isRecord(found) ? found : undefined
  } catch {
    return undefined
  }
}

function isRecord(found: unknown): found is LogRecord {
  if (typeof found !== 'object' || found === null) return false
  const { level, time, event, msg } = found as Partial<Record<string, unknown>>
  return (
    LOG_LEVELS.some((known) => known === level) &&
    [time, event, msg].every((text) => typeof text === 'string') &&
    !Number.isNaN(Date.parse(String(time)))
  )
}

/** How a value of a field is written in a sentence. */
export type FieldFormat = (name: string, value: unknown) => string

/** Values as a reader's language writes them; `moment` for points in time. */
export function fieldFormat(figures: Figures, moment: (ms: number) => string): FieldFormat {
  return (name, value) => {
    if (typeof value === 'number') {
      if (name.endsWith('Ms')) return figures.duration(value)
      return name.endsWith('Bytes') ? figures.bytes(value) : figures.count(value)
    }
    const text = String(value)
    return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? moment(Date.parse(text)) : text
  }
}

/** The sentence of an event with its fields. */
export function logSentence(
  event: LogEventName,
  fields: Readonly<Record<string, unknown>>,
  language: Language,
  format: FieldFormat,
): string {
  const values = Object.entries(fields).flatMap(([name, value]) => {
    const said = inWords(name, value, language)
    return said === undefined ? [] : [[name, format(name, said)] as const]
  })
  return fillText(LOG_EVENTS[event].text[language], Object.fromEntries(values))
}

/** The sentence of a line in a reader's language; what a newer Cauce wrote is told in its own. */
export function recordSentence(record: LogRecord, language: Language, format: FieldFormat): string {
  return isKnown(record.event) ? logSentence(record.event, record, language, format) : record.msg
}

/** The error a line tells of, in the words of `ERROR_CODES`; undefined: none, or one of a newer Cauce. */
export function recordError(record: LogRecord): CauceError | undefined {
  const { error } = record
  if (typeof error !== 'object' || error === null) return undefined
  const { code, details } = error as { readonly code?: unknown; readonly details?: ErrorDetails }
  if (typeof code !== 'string' || !Object.hasOwn(ERROR_CODES, code)) return undefined
  return new CauceError(code as ErrorCodeName, details ?? {})
}

function isKnown(event: string): event is LogEventName {
  return Object.hasOwn(LOG_EVENTS, event)
}

/** A value a sentence can hold: texts of ours in its language, words of ours as people say them. */
function inWords(name: string, value: unknown, language: Language): string | number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') {
    const words = LOG_WORDS[name]
    return words !== undefined && Object.hasOwn(words, value) ? words[value]?.[language] : value
  }
  if (typeof value !== 'object' || value === null) return undefined
  const text: unknown = (value as Partial<Record<Language, unknown>>)[language]
  return typeof text === 'string' ? text : undefined
}
