import { CauceError } from '../../model/cauce-error.ts'
import type { TableLoad } from '../destination.ts'
import type { Engine, EngineRow } from '../../engine/duckdb/open-engine.ts'
import { quoteName, quoteText } from '../../plan/duckdb/quote.ts'
import { expectRows, grewAsExpected } from './accounting.ts'
import { mergedValues } from './merge-sql.ts'
import { columnList, tableName } from './names.ts'

/** The row of `stored` a merged row belongs to; NULL: none yet. */
const STORED_ROW = '_cauce_stored_row'
const MERGED = 'temp._cauce_merged'

/**
 * Merges staged rows into a table by key: one join works out every merged row, then the known keys are updated in place and the
 * others inserted, whether or not the table has an index. Keys compare by bytes.
 *
 * staged = updated + inserted, and each summed column's total must have grown by exactly what was staged.
 * @throws {CauceError} ACCOUNTING_MISMATCH
 */
export async function mergeTable(database: Engine, load: TableLoad, item: string): Promise<void> {
  const { name, key, path, rows, sums } = load
  if (rows === 0) return
  const table = tableName(name)
  const values = mergedValues(load.merge, item)
  const changing = [...values.keys()]
  const summed = Object.keys(sums)
  await database.run(
    `CREATE OR REPLACE TEMP TABLE _cauce_merged AS
    SELECT stored.rowid AS ${STORED_ROW}, ${columnList(key, 'staged.')}${changing.map((column) => `, ${values.get(column)} AS ${quoteName(column)}`).join('')}
    FROM read_parquet(${quoteText(path)}) AS staged LEFT JOIN ${table} AS stored
    ON ${key.map((column) => `staged.${quoteName(column)} = stored.${quoteName(column)}`).join(' AND ')}`,
  )
  const [before = {}] = await database.rows(
    `SELECT * FROM (SELECT count(*) AS merged, count(${STORED_ROW}) AS known, count(DISTINCT (${columnList(key)})) AS keys FROM ${MERGED}),
      (${totalsSql(summed, table)})`,
  )
  expectRows(name, 'different keys staged', Number(before['keys']), rows)
  if (Number(before['merged']) > rows)
    throw new CauceError('DESTINATION_SHAPE', {
      table: name,
      detail: `it holds some ${key.join(', ')} more than once; remove the doubles`,
    })
  const known = Number(before['known'])
  if (known > 0 && changing.length > 0) {
    const assignments = changing.map((column) => `${quoteName(column)} = merged.${quoteName(column)}`)
    const updated = await database.run(
      `UPDATE ${table} AS stored SET ${assignments.join(', ')} FROM ${MERGED} AS merged WHERE stored.rowid = merged.${STORED_ROW}`,
    )
    expectRows(name, 'rows updated', updated, known)
  }
  if (known < rows) {
    const columns = columnList([...key, ...changing])
    const inserted = await database.run(
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${MERGED} WHERE ${STORED_ROW} IS NULL`,
    )
    expectRows(name, 'rows inserted', inserted, rows - known)
  }
  if (summed.length > 0) await checkSums(database, load, before)
}

async function checkSums(
  database: Engine,
  { name, columns, sums }: TableLoad,
  before: EngineRow,
): Promise<void> {
  const summed = Object.keys(sums)
  const [after = {}] = await database.rows(totalsSql(summed, tableName(name)))
  for (const [index, column] of summed.entries()) {
    const growth = {
      before: String(before[`total_${index}`]),
      after: String(after[`total_${index}`]),
      expected: sums[column] ?? '0',
    }
    const isExact = columns.find((candidate) => candidate.name === column)?.type.kind !== 'double'
    if (!grewAsExpected(growth, isExact))
      throw new CauceError('ACCOUNTING_MISMATCH', {
        table: name,
        detail: `the sum of ${column} went from ${growth.before} to ${growth.after} where ${growth.expected} should have been added`,
      })
  }
}

/** The total of each summed column over the whole table: one cheap scan of a column each. One row, also without any. */
function totalsSql(summed: readonly string[], table: string): string {
  if (summed.length === 0) return 'SELECT 1 AS nothing_to_sum'
  const totals = summed.map(
    (column, index) => `CAST(coalesce(sum(${quoteName(column)}), 0) AS VARCHAR) AS total_${index}`,
  )
  return `SELECT ${totals.join(', ')} FROM ${table}`
}
