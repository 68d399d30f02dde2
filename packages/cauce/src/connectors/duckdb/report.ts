import type { LoadRecord, ReplacedReport, ReportRow } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { duckdbType } from '../../plan/duckdb/parse-sql.ts'
import { quoteName, quoteText } from '../../plan/duckdb/quote.ts'
import { columnList, tableName } from './names.ts'

/**
 * Writes a report row in place of those that speak of the same item version: they agree on the first identity column, and agree
 * or know nothing yet (NULL) in the others.
 */
export async function replaceReport(database: Engine, { table, values }: ReportRow): Promise<void> {
  const { name, columns, identity } = table
  const literals = new Map(
    columns.map((column) => {
      const value = values[column.name] ?? null
      const literal =
        value === null ? 'NULL' : `CAST(${quoteText(String(value))} AS ${duckdbType(column.type)})`
      return [column.name, literal]
    }),
  )
  const same = identity.map((column, index) => {
    const agrees = `${quoteName(column)} IS NOT DISTINCT FROM ${literals.get(column) ?? 'NULL'}`
    return index === 0 ? agrees : `(${agrees} OR ${quoteName(column)} IS NULL)`
  })
  if (same.length > 0) await database.run(`DELETE FROM ${tableName(name)} WHERE ${same.join(' AND ')}`)
  await database.run(
    `INSERT INTO ${tableName(name)} (${columnList([...literals.keys()])}) VALUES (${[...literals.values()].join(', ')})`,
  )
}

/** Tells the report rows of replaced loads that these gave way. A load whose row somebody deleted is passed over. */
export async function tellReplaced(
  database: Engine,
  { table, rowOf, set }: ReplacedReport,
  replaced: readonly LoadRecord[],
): Promise<void> {
  const list = (values: Readonly<Record<string, string>>, separator: string): string =>
    Object.entries(values)
      .map(([column, value]) => `${quoteName(column)} = ${quoteText(value)}`)
      .join(separator)
  for (const load of replaced)
    await database.run(
      `UPDATE ${tableName(table.name)} SET ${list(set, ', ')} WHERE ${list(rowOf(load), ' AND ')}`,
    )
}
