import type { LoadRecord, ReplacedReport, ReportRow } from '../destination.ts'
import type { PostgresConnection, SqlValue } from './connection.ts'
import { quoteName, quoteNames } from './quote.ts'
import type { PreparedTable } from './shape.ts'

/**
 * Puts a report row in the place of those that speak of the same item version: they agree on its first identity column, and agree or
 * know nothing yet (NULL, where an attempt failed before the bytes were there) in the others.
 */
export async function replaceReport(
  connection: PostgresConnection,
  { table, values }: ReportRow,
  prepared: PreparedTable,
): Promise<void> {
  const name = (column: string): string => prepared.columns.get(column)?.name ?? column
  if (table.identity.length > 0) {
    const bound: SqlValue[] = []
    const same = table.identity.map((column, position) => {
      const stored = quoteName(name(column))
      const value = values[column] ?? null
      // IS NOT DISTINCT FROM would find nothing by the index.
      if (value === null) return `${stored} is null`
      bound.push(value)
      return position === 0
        ? `${stored} = $${bound.length}`
        : `(${stored} = $${bound.length} or ${stored} is null)`
    })
    await connection.write(`delete from ${prepared.sql} where ${same.join(' and ')}`, bound)
  }
  const columns = table.columns.map((column) => column.name)
  await connection.write(
    `insert into ${prepared.sql} (${quoteNames(columns.map(name))}) values (${columns.map((_column, position) => `$${position + 1}`).join(', ')})`,
    columns.map((column) => values[column] ?? null),
  )
}

/** Tells the report rows of replaced loads that these gave way. A load whose row somebody deleted is passed over. */
export async function tellReplaced(
  connection: PostgresConnection,
  { rowOf, set }: ReplacedReport,
  prepared: PreparedTable,
  replaced: readonly LoadRecord[],
): Promise<void> {
  const name = (column: string): string => quoteName(prepared.columns.get(column)?.name ?? column)
  for (const load of replaced) {
    const bound: string[] = []
    const list = (values: Readonly<Record<string, string>>): readonly string[] =>
      Object.entries(values).map(([column, value]) => `${name(column)} = $${bound.push(value)}`)
    const [told, same] = [list(set), list(rowOf(load))]
    await connection.write(`update ${prepared.sql} set ${told.join(', ')} where ${same.join(' and ')}`, bound)
  }
}
