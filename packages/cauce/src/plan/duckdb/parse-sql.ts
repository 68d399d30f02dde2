import type { ColumnPlan, LogicalType, Parse } from '../../model/plan.ts'
import { parseDateFormat } from '../date-format.ts'
import { valuePattern } from '../value-patterns.ts'
import { quoteText } from './quote.ts'

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

/** The value of a text, or NULL where it has none. A portable pattern stands before every cast; see `valuePattern`. */
export function parseSql(text: string, { parse, type }: ColumnPlan): string {
  const pattern = valuePattern(parse, type)
  const value = castSql(text, parse, type)
  if (pattern === undefined) return value
  // A failing strptime costs four times a passing one, so the pattern saves time as well.
  return `CASE WHEN regexp_full_match(${text}, ${quoteText(pattern)}) THEN ${value} END`
}

function castSql(text: string, parse: Parse, type: LogicalType): string {
  switch (parse.kind) {
    case 'text':
      return text
    case 'integer':
    case 'uuid':
      return `TRY_CAST(${text} AS ${duckdbType(type)})`
    case 'decimal':
      return `TRY_CAST(${pointed(text, parse)} AS ${duckdbType(type)})`
    case 'double':
      return `CASE WHEN isfinite(TRY_CAST(${text} AS DOUBLE)) THEN TRY_CAST(${text} AS DOUBLE) END`
    case 'boolean':
      return `CASE WHEN lower(${text}) IN (${wordList(parse.trueWords)}) THEN true WHEN lower(${text}) IN (${wordList(parse.falseWords)}) THEN false END`
    case 'date':
    case 'timestamp':
    case 'time': {
      const format = parseDateFormat(parse.format)?.strptime ?? ''
      return `CAST(try_strptime(${text}, ${quoteText(format)}) AS ${duckdbType(type)})`
    }
    case 'json':
      return `CASE WHEN json_valid(${text}) AND NOT ${lenientJson(text)} THEN TRY_CAST(${text} AS JSON) END`
  }
}

/** A decimal as the engine spells it. */
function pointed(text: string, { decimalMark, thousandsMark }: Extract<Parse, { kind: 'decimal' }>): string {
  const bare = thousandsMark === undefined ? text : `replace(${text}, ${quoteText(thousandsMark)}, '')`
  return decimalMark === '.' ? bare : `replace(${bare}, ${quoteText(decimalMark)}, '.')`
}

function wordList(words: readonly string[]): string {
  return words.map((word) => quoteText(word.toLowerCase())).join(', ')
}

/** What DuckDB takes for JSON and the standard (and MySQL) does not: commas before a closing bracket, NaN and infinities. */
function lenientJson(text: string): string {
  const bare = `regexp_replace(${text}, ${quoteText(String.raw`"([^"\\]|\\.)*"`)}, '""', 'g')`
  return `regexp_matches(${bare}, ${quoteText(String.raw`,[ \t\r\n]*[\]}]|[Nn][Aa][Nn]|[Ii][Nn][Ff]`)})`
}
