import type { DestinationColumn, TableShape } from '../destination.ts'
import { quoteName, quoteNames } from './quote.ts'
import { technicalColumns } from './technical-columns.ts'
import { columnType } from './types.ts'

/**
 * Statements for a table that is not there. Append tables get no index, which every row would have to pay for, unless their loads
 * replace one another. Keys are compared and sorted by bytes, which is how staged rows come; other texts sort as the database does.
 */
export function createTableSql(shape: TableShape, schema: string): readonly string[] {
  const table = `${quoteName(schema)}.${quoteName(shape.name)}`
  const columns = [...shape.columns, ...technicalColumns(shape)]
  const parts = columns.map((column) => `${quoteName(column.name)} ${definition(column, shape.key)}`)
  if (shape.key.length > 0) parts.push(`primary key (${quoteNames(shape.key)})`)
  const statements = [`create table ${table} (${parts.join(', ')})`]
  const [item] = shape.identity
  // The index by which a report's row finds its predecessor. By hash, for names of items may be longer than a sorted one takes.
  if (item !== undefined) statements.push(`create index on ${table} using hash (${quoteName(item)})`)
  if (shape.loadColumn?.indexed === true)
    statements.push(`create index on ${table} (${quoteName(shape.loadColumn.name)})`)
  return statements
}

function definition(column: DestinationColumn, key: readonly string[]): string {
  const isKey = key.includes(column.name)
  const collation = isKey && column.type.kind === 'text' ? ' collate "C"' : ''
  return `${columnType(column.type)}${collation} ${isKey || !column.nullable ? 'not null' : 'null'}`
}
