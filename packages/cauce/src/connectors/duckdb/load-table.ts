import type { TableLoad } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'
import { expectRows } from './accounting.ts'
import { mergeTable } from './merge-table.ts'
import { columnList, tableName } from './names.ts'

/**
 * Loads one table's staged rows by its mode, and checks that what arrived is what was staged.
 * @throws {CauceError} ACCOUNTING_MISMATCH
 */
export async function loadTable(database: Engine, load: TableLoad, item: string): Promise<void> {
  switch (load.mode) {
    case 'append':
      return insertStaged(database, load)
    case 'replace':
      await database.run(`DELETE FROM ${tableName(load.name)}`)
      return insertStaged(database, load)
    case 'upsert':
      return mergeTable(database, load, item)
  }
}

async function insertStaged(database: Engine, { name, columns, path, rows }: TableLoad): Promise<void> {
  if (rows === 0) return
  const names = columnList(columns.map((column) => column.name))
  const inserted = await database.run(
    `INSERT INTO ${tableName(name)} (${names}) SELECT ${names} FROM read_parquet(${quoteText(path)})`,
  )
  expectRows(name, 'rows inserted', inserted, rows)
}
