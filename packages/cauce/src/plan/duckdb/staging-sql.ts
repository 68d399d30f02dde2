import type { LogicalType } from '../../model/plan.ts'
import { quoteName, quoteText } from './quote.ts'

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
  format: 'parquet' | 'mysql-text',
  path: string,
): string {
  if (format === 'parquet') return `COPY (${query}) TO ${quoteText(path)} (FORMAT parquet)`
  const booleans = columns.filter(({ type }) => type.kind === 'boolean')
  const replaced = booleans.map(({ name }) => `CAST(${quoteName(name)} AS TINYINT) AS ${quoteName(name)}`)
  const rows =
    replaced.length === 0 ? query : `SELECT * REPLACE (${replaced.join(', ')}) FROM (${query}) AS staged`
  const quoted = columns.filter(({ type }) => QUOTED.has(type.kind)).map(({ name }) => quoteName(name))
  const forced = quoted.length === 0 ? '' : `, FORCE_QUOTE (${quoted.join(', ')})`
  return `COPY (${rows}) TO ${quoteText(path)} (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR 'NULL'${forced})`
}
