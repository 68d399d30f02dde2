import { CauceError } from '../../model/cauce-error.ts'
import type { LoadRecord, TableLoad } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { quoteName } from '../../plan/duckdb/quote.ts'
import { keyList } from './guard.ts'
import { tableName } from './names.ts'

/**
 * Removes the rows of replaced loads from a table that tells which load each row is of. As many must go as those loads had
 * brought; none at all is also taken for an answer: the table is younger than they, or somebody emptied it, which a reload mends.
 * @throws {CauceError} ACCOUNTING_MISMATCH, DESTINATION_SHAPE
 */
export async function removeRows(
  database: Engine,
  { name: table, loadColumn, holds }: TableLoad,
  replaced: readonly LoadRecord[],
): Promise<void> {
  if (loadColumn === undefined)
    throw new CauceError('DESTINATION_SHAPE', {
      table,
      detail: 'its rows do not tell which load they are of',
    })
  const removed = await database.run(
    `DELETE FROM ${tableName(table)} WHERE ${quoteName(loadColumn.name)} IN (${keyList(replaced)})`,
  )
  if (holds === undefined || removed === 0) return
  const expected = replaced.reduce((sum, { counts }) => sum + counts[holds], 0)
  if (removed !== expected)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table,
      detail: `${removed} rows of the replaced load were there instead of ${expected}; delete those where ${loadColumn.name} is ${replaced.map(({ loadKey }) => loadKey).join(' or ')}, and reload`,
    })
}
