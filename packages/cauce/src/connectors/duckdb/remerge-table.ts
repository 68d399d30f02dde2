import { CauceError } from '../../model/cauce-error.ts'
import type { DetailReader, LoadRecord, RemergedRows, StagedRows, TableLoad } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { quoteName, quoteText } from '../../plan/duckdb/quote.ts'
import { grewAsExpected, expectRows } from './accounting.ts'
import { keyList, selectLoads } from './guard.ts'
import { columnList, tableName } from './names.ts'

/** Which rows of a detail table are wanted: those of loads that go, or those that hold a touched key of a merged table. */
type Wanted =
  | { readonly replaced: readonly LoadRecord[] }
  | { readonly keys: StagedRows; readonly of: TableLoad }

export function detailReader(database: Engine, wanted: Wanted): DetailReader {
  return {
    rows: async ({ table, loadColumn, columns, key, path }) => {
      const which =
        'replaced' in wanted
          ? `WHERE ${quoteName(loadColumn)} IN (${keyList(wanted.replaced)})`
          : keyedSql(wanted, key)
      const rows = await database.run(
        `COPY (SELECT ${columnList(columns, 'detail.')} FROM ${tableName(table)} AS detail ${which}) TO ${quoteText(path)} (FORMAT parquet)`,
      )
      return { rows }
    },
    loads: async (loadKeys) => selectLoads(database, loadKeys),
  }
}

function keyedSql(
  { keys, of }: { readonly keys: StagedRows; readonly of: TableLoad },
  key: readonly string[] | undefined,
): string {
  if (key === undefined) return ''
  const same = key.map(
    (name, position) => `detail.${quoteName(name)} = touched.${quoteName(of.key[position] ?? '')}`,
  )
  return `SEMI JOIN read_parquet(${quoteText(keys.path)}) AS touched ON ${same.join(' AND ')}`
}

/**
 * Puts the rows that touched keys come to now in the place of what was there: rows that are there are changed column by column, so
 * that other columns of the table keep what they hold. Nobody else has the file meanwhile.
 * @throws {CauceError} ACCOUNTING_MISMATCH
 */
export async function remergeTable(
  database: Engine,
  load: TableLoad,
  { keys, rows }: { readonly keys: StagedRows; readonly rows: RemergedRows },
): Promise<void> {
  const { name, key } = load
  const table = tableName(name)
  const same = key.map((column) => `stored.${quoteName(column)} = staged.${quoteName(column)}`).join(' AND ')
  const staged = `read_parquet(${quoteText(rows.path)}) AS staged`
  if (rows.rows > 0) {
    const columns = rows.columns.map((column) => column.name)
    const changing = columns.filter((column) => !key.includes(column))
    const assigned = changing.map((column) => `${quoteName(column)} = staged.${quoteName(column)}`).join(', ')
    const [known = {}] = await database.rows(
      `SELECT count(*) AS rows FROM ${staged} SEMI JOIN ${table} AS stored ON ${same}`,
    )
    if (changing.length > 0) {
      const updated = await database.run(
        `UPDATE ${table} AS stored SET ${assigned} FROM ${staged} WHERE ${same}`,
      )
      expectRows(name, 'rows worked out again', updated, Number(known['rows']))
    }
    const inserted = await database.run(
      `INSERT INTO ${table} (${columnList(columns)}) SELECT ${columnList(columns)} FROM ${staged} ANTI JOIN ${table} AS stored ON ${same}`,
    )
    expectRows(name, 'rows inserted', inserted, rows.rows - Number(known['rows']))
  }
  if (rows.vanished.rows > 0)
    await database.run(
      `DELETE FROM ${table} AS stored USING read_parquet(${quoteText(rows.vanished.path)}) AS staged WHERE ${same}`,
    )
  await checkTouched(database, load, { keys, rows })
}

/** Of the touched keys as many rows are left as there should be, and their sums are those that were worked out. */
async function checkTouched(
  database: Engine,
  { name, key }: TableLoad,
  { keys, rows }: { readonly keys: StagedRows; readonly rows: RemergedRows },
): Promise<void> {
  const same = key.map((column) => `stored.${quoteName(column)} = touched.${quoteName(column)}`).join(' AND ')
  const summed = Object.keys(rows.sums)
  const totals = summed.map(
    (column, index) => `, CAST(coalesce(sum(${quoteName(column)}), 0) AS VARCHAR) AS total_${index}`,
  )
  const [found = {}] = await database.rows(
    `SELECT count(*) AS rows${totals.join('')} FROM ${tableName(name)} AS stored SEMI JOIN read_parquet(${quoteText(keys.path)}) AS touched ON ${same}`,
  )
  expectRows(name, 'rows of touched keys', Number(found['rows']), rows.rows)
  for (const [index, column] of summed.entries()) {
    const isExact = rows.columns.find((candidate) => candidate.name === column)?.type.kind !== 'double'
    const [after, expected] = [String(found[`total_${index}`]), rows.sums[column] ?? '0']
    if (!grewAsExpected({ before: '0', after, expected }, isExact))
      throw new CauceError('ACCOUNTING_MISMATCH', {
        table: name,
        detail: `the sum of ${column} over the keys worked out again is ${after} instead of ${expected}`,
      })
  }
}
