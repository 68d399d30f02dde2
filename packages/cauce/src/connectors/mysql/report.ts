import type { LoadRecord, ReplacedReport, ReportRow } from '../destination.ts'
import type { MysqlConnection, SqlValue } from './connection.ts'
import { quoteName, quoteNames } from './quote.ts'
import type { PreparedTable } from './shape.ts'

/**
 * Puts a report row in the place of those that speak of the same item version: they agree on its first identity column, and agree or
 * know nothing yet (NULL, where an attempt failed before the bytes were there) in the others.
 */
export async function replaceReport(
  connection: MysqlConnection,
  { table, values }: ReportRow,
  prepared: PreparedTable,
): Promise<void> {
  const name = (column: string): string => prepared.columns.get(column)?.name ?? column
  const valueOf = (column: string): SqlValue => values[column] ?? null
  const target = quoteName(prepared.name)
  if (table.identity.length > 0) {
    const same = table.identity
      .map((column, position) => {
        const stored = quoteName(name(column))
        return position === 0 ? `${stored} <=> ?` : `(${stored} <=> ? OR ${stored} IS NULL)`
      })
      .join(' AND ')
    const identity = table.identity.map(valueOf)
    // Looked at first without locks: a DELETE that finds nothing may still wait for every open load where the table has no index.
    const [found] = await connection.rows(`SELECT 1 AS found FROM ${target} WHERE ${same} LIMIT 1`, identity)
    if (found !== undefined) await connection.write(`DELETE FROM ${target} WHERE ${same}`, identity)
  }
  const columns = table.columns.map((column) => column.name)
  await connection.write(
    `INSERT INTO ${target} (${quoteNames(columns.map(name))}) VALUES (${columns.map(() => '?').join(', ')})`,
    columns.map(valueOf),
  )
}

/** Tells the report rows of replaced loads that these gave way. A load whose row somebody deleted is passed over. */
export async function tellReplaced(
  connection: MysqlConnection,
  { rowOf, set }: ReplacedReport,
  prepared: PreparedTable,
  replaced: readonly LoadRecord[],
): Promise<void> {
  const name = (column: string): string => quoteName(prepared.columns.get(column)?.name ?? column)
  const list = (values: Readonly<Record<string, string>>, separator: string): string =>
    Object.keys(values)
      .map((column) => `${name(column)} = ?`)
      .join(separator)
  for (const load of replaced) {
    const identity = rowOf(load)
    await connection.write(
      `UPDATE ${quoteName(prepared.name)} SET ${list(set, ', ')} WHERE ${list(identity, ' AND ')}`,
      [...Object.values(set), ...Object.values(identity)],
    )
  }
}
