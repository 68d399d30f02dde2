import { CauceError } from '../../model/cauce-error.ts'
import type { LoadRecord, TableLoad } from '../destination.ts'
import type { PostgresConnection } from './connection.ts'
import { quoteName, quoteText } from './quote.ts'
import type { PreparedTable } from './shape.ts'

/**
 * Removes the rows of replaced loads from a table that tells which load each row is of. As many must go as those loads had
 * brought; none at all is also taken for an answer: the table is younger than they, or somebody emptied it, which a reload mends.
 * @throws {CauceError} ACCOUNTING_MISMATCH, DESTINATION_SHAPE
 */
export async function removeRows(
  connection: PostgresConnection,
  load: TableLoad,
  prepared: PreparedTable,
  replaced: readonly LoadRecord[],
): Promise<void> {
  const { name: table, holds, loadColumn } = load
  if (loadColumn === undefined)
    throw new CauceError('DESTINATION_SHAPE', {
      table,
      detail: 'its rows do not tell which load they are of',
    })
  const column = prepared.columns.get(loadColumn.name)?.name ?? loadColumn.name
  const removed = await connection.write(`delete from ${prepared.sql} where ${loadsIn(column, replaced)}`)
  if (holds === undefined || removed === 0) return
  const expected = replaced.reduce((sum, { counts }) => sum + counts[holds], 0)
  if (removed !== expected)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table,
      detail: `${removed} rows of the replaced load were there instead of ${expected}; delete those where ${loadColumn.name} is ${replaced.map(({ loadKey }) => loadKey).join(' or ')}, and reload`,
    })
}

/** The rows that came with some loads. */
export function loadsIn(column: string, loads: readonly LoadRecord[]): string {
  return `${quoteName(column)} in (${loads.map(({ loadKey }) => quoteText(loadKey)).join(', ')})`
}
