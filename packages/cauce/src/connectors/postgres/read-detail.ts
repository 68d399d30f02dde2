import { writeFile } from 'node:fs/promises'
import type { ReadDetail } from '../destination.ts'
import type { PostgresConnection } from './connection.ts'
import { STAGED } from './copy-file.ts'
import { columnNamed, type ExistingColumn, type ExistingTable, readTable } from './existing-table.ts'
import { quoteName, quoteText } from './quote.ts'
import { isText } from './types.ts'

/** Writes a period's rows of a detail table to a spool file. */
export async function readDetail(
  connection: PostgresConnection,
  { table, columns, dated, from, until, path }: Parameters<ReadDetail>[0],
): Promise<{ readonly rows: number }> {
  return copyToFile(connection, { table, columns, path }, (detail) => {
    const date = `coalesce(${dated.map((name) => detail.column(name)).join(', ')})`
    return `where ${date} >= ${quoteText(from)} and ${date} < ${quoteText(until)}`
  })
}

/** A detail table as a query speaks of it. */
export interface DetailNames {
  /** Its column of a name, quoted, of the row that is read. */
  readonly column: (name: string) => string
}

/**
 * Writes columns of a table to a spool file, spelled as a destination's staged files are. A table that is not there yet has no rows.
 * `rest` is what follows FROM.
 */
export async function copyToFile(
  connection: PostgresConnection,
  {
    table,
    columns,
    path,
  }: { readonly table: string; readonly columns: readonly string[]; readonly path: string },
  rest: (detail: DetailNames) => string,
): Promise<{ readonly rows: number }> {
  const found = await readTable(connection, table)
  if (found === undefined) {
    await writeFile(path, '')
    return { rows: 0 }
  }
  const existing = columns.map((name) => columnNamed(found, name))
  const values = columns.map((name, position) => `${plainValue(existing[position], name)} as c${position}`)
  const quoted = existing.flatMap((column, position) => (isQuoted(column) ? [`c${position}`] : []))
  const force = quoted.length === 0 ? '' : `, force_quote (${quoted.join(', ')})`
  const sql = `select ${values.join(', ')} from ${found.sql} as _cauce_detail ${rest({ column: namesOf(found) })}`
  return { rows: await connection.copyOut(`copy (${sql}) to stdout (${STAGED}${force})`, path) }
}

function namesOf(table: ExistingTable): DetailNames['column'] {
  return (name) => `_cauce_detail.${quoteName(columnNamed(table, name)?.name ?? name)}`
}

/** Moments with a zone are written in UTC and without it, as they were staged. */
function plainValue(column: ExistingColumn | undefined, name: string): string {
  const value = `_cauce_detail.${quoteName(column?.name ?? name)}`
  return column?.typeName === 'timestamptz' ? `${value} at time zone 'UTC'` : value
}

/** Texts may spell NULL, and so may whatever else is none of the plain types. */
function isQuoted(column: ExistingColumn | undefined): boolean {
  if (column === undefined) return false
  return isText(column.typeName) || column.kind === 'e' || ['json', 'jsonb'].includes(column.typeName)
}
