import type { LogicalType } from '../../model/plan.ts'
import { duckdbType } from './parse-sql.ts'
import { quoteName, quoteText } from './quote.ts'

/** Twice the longest record accepted from a file, for every quote in it is doubled. DuckDB would buffer 16 of these. */
const LONGEST_LINE_BYTES = 32 * 1024 * 1024

type StagedFormat = 'parquet' | 'mysql-text' | 'postgres-csv'

interface StagedColumn {
  readonly name: string
  readonly type: LogicalType
}

/** Types whose text may hold commas, quotes or line ends, or spell NULL: always quoted. */
const QUOTED = new Set<LogicalType['kind']>(['text', 'json'])

/** COPY of a query to a file in the format a destination asked for (`StagingFormat`). */
export function stagingSql(
  query: string,
  columns: readonly StagedColumn[],
  format: StagedFormat,
  path: string,
): string {
  if (format === 'parquet') return `COPY (${query}) TO ${quoteText(path)} (FORMAT parquet)`
  // MySQL writes booleans as 1 and 0.
  const booleans = columns.filter(({ type }) => format === 'mysql-text' && type.kind === 'boolean')
  const replaced = booleans.map(({ name }) => `CAST(${quoteName(name)} AS TINYINT) AS ${quoteName(name)}`)
  const rows =
    replaced.length === 0 ? query : `SELECT * REPLACE (${replaced.join(', ')}) FROM (${query}) AS staged`
  const quoted = columns.filter(({ type }) => QUOTED.has(type.kind)).map(({ name }) => quoteName(name))
  const forced = quoted.length === 0 ? '' : `, FORCE_QUOTE (${quoted.join(', ')})`
  return `COPY (${rows}) TO ${quoteText(path)} (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR 'NULL'${forced})`
}

/** The rows of a staged file, as a query: what `stagingSql` wrote, or what a destination wrote in the same format. */
export function stagedRelationSql(
  columns: readonly StagedColumn[],
  format: StagedFormat,
  path: string,
): string {
  // Parquet has no moments of whole seconds, text no booleans: each type is said again.
  const casts = columns
    .map(({ name, type }) => `CAST(${quoteName(name)} AS ${duckdbType(type)}) AS ${quoteName(name)}`)
    .join(', ')
  if (format === 'parquet') return `SELECT ${casts} FROM read_parquet(${quoteText(path)})`
  const types = columns.map(({ name, type }) => `${quoteText(name)}: ${quoteText(textType(type, format))}`)
  return `SELECT ${casts} FROM read_csv(${quoteText(path)}, auto_detect = false, header = false, delim = ',', quote = '"',
  escape = '"', new_line = ${String.raw`'\n'`}, nullstr = 'NULL', allow_quoted_nulls = false, parallel = false,
  max_line_size = ${LONGEST_LINE_BYTES}, buffer_size = ${LONGEST_LINE_BYTES}, columns = {${types.join(', ')}})`
}

function textType(type: LogicalType, format: StagedFormat): string {
  return format === 'mysql-text' && type.kind === 'boolean' ? 'TINYINT' : duckdbType(type)
}
