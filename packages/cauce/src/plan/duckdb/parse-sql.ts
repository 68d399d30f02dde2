import type { ColumnPlan, LogicalType } from '../../model/plan.ts'
import { parseDateFormat } from '../date-format.ts'
import { quoteText } from './quote.ts'

const INTEGER = '[+-]?[0-9]{1,19}'
const DOUBLE = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?'
const UUID = '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}'

/** DuckDB's name for a logical type. */
export function duckdbType(type: LogicalType): string {
  switch (type.kind) {
    case 'text':
      return 'VARCHAR'
    case 'integer':
      return 'BIGINT'
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'double':
      return 'DOUBLE'
    case 'boolean':
      return 'BOOLEAN'
    case 'date':
      return 'DATE'
    case 'timestamp':
      return type.fraction === false ? 'TIMESTAMP_S' : 'TIMESTAMP'
    case 'time':
      return 'TIME'
    case 'uuid':
      return 'UUID'
    case 'json':
      return 'JSON'
  }
}

/**
 * The value of a text, or NULL where it has none. A portable pattern stands before every cast: DuckDB's own casts take
 * `3.7`, `1e3`, `0x1F` and `1_000` for integers and Spark's do not, and a failing strptime costs four times a passing one.
 */
export function parseSql(text: string, { parse, type }: ColumnPlan): string {
  switch (parse.kind) {
    case 'text':
      return text
    case 'integer':
      return guarded(text, INTEGER, `TRY_CAST(${text} AS BIGINT)`)
    case 'decimal':
      return decimalSql(text, parse.decimalMark, parse.thousandsMark, type)
    case 'double':
      return guarded(
        text,
        DOUBLE,
        `CASE WHEN isfinite(TRY_CAST(${text} AS DOUBLE)) THEN TRY_CAST(${text} AS DOUBLE) END`,
      )
    case 'boolean':
      return booleanSql(text, parse.trueWords, parse.falseWords)
    case 'date':
    case 'timestamp':
    case 'time':
      return momentSql(text, parse.format, type)
    case 'uuid':
      return guarded(text, UUID, `TRY_CAST(${text} AS UUID)`)
    case 'json':
      return `CASE WHEN json_valid(${text}) THEN ${text} END`
  }
}

function guarded(text: string, pattern: string, cast: string): string {
  return `CASE WHEN regexp_full_match(${text}, ${quoteText(pattern)}) THEN ${cast} END`
}

function decimalSql(text: string, mark: string, thousands: string | undefined, type: LogicalType): string {
  const { precision, scale } = type.kind === 'decimal' ? type : { precision: 18, scale: 0 }
  const digits = precision - scale
  const whole =
    thousands === undefined
      ? `[0-9]{${digits === 0 ? '0,1' : `1,${digits}`}}`
      : `([0-9]{1,3}([${thousands}][0-9]{3})*|[0-9]{1,${Math.max(digits, 1)}})`
  const fraction = scale === 0 ? '' : `([${mark}][0-9]{1,${scale}})?`
  const bare = thousands === undefined ? text : `replace(${text}, ${quoteText(thousands)}, '')`
  const plain = mark === '.' ? bare : `replace(${bare}, ${quoteText(mark)}, '.')`
  return guarded(text, `[+-]?${whole}${fraction}`, `TRY_CAST(${plain} AS ${duckdbType(type)})`)
}

function booleanSql(text: string, trueWords: readonly string[], falseWords: readonly string[]): string {
  const list = (words: readonly string[]): string =>
    words.map((word) => quoteText(word.toLowerCase())).join(', ')
  return `CASE WHEN lower(${text}) IN (${list(trueWords)}) THEN true WHEN lower(${text}) IN (${list(falseWords)}) THEN false END`
}

function momentSql(text: string, format: string, type: LogicalType): string {
  const { pattern, strptime } = parseDateFormat(format) ?? { pattern: '', strptime: '' }
  const moment = `try_strptime(${text}, ${quoteText(strptime)})`
  return guarded(text, pattern, `CAST(${moment} AS ${duckdbType(type)})`)
}
