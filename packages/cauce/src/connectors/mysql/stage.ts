import { sha256Hex } from '../../model/load-key.ts'
import type { ExistingColumn } from './existing-table.ts'
import type { MysqlConnection } from './connection.ts'
import { isUnknownEngine } from './errors.ts'
import { quoteName, quoteNames } from './quote.ts'

/** The staging table of one table of one attempt. It is temporary, so it ends with the session whatever happens. */
export function stageName(attempt: string, position: number): string {
  return `cauce_stage_${sha256Hex(attempt).slice(0, 16)}_${position}`
}

/**
 * Creates a staging table with the columns of the table its rows go into, so that what does not fit shows here. Without a key it
 * takes rows as fast as the server can; with one (for joins) they should come sorted by it.
 */
export async function createStage(
  connection: MysqlConnection,
  name: string,
  columns: readonly ExistingColumn[],
  key: readonly string[] = [],
): Promise<void> {
  const parts = columns.map(
    (column) => `${quoteName(column.name)} ${definition(column, key.includes(column.name))}`,
  )
  if (key.length > 0) parts.push(`PRIMARY KEY (${quoteNames(key)})`)
  const sql = `CREATE TEMPORARY TABLE ${quoteName(name)} (${parts.join(', ')})`
  // A heap of rows without undo takes a sixth of the whole merge's work off MariaDB (docs/decisions/0009).
  const engine = connection.facts.isMariaDb && key.length === 0 ? 'Aria' : 'InnoDB'
  try {
    await connection.write(`${sql} ENGINE=${engine}`)
  } catch (error) {
    if (!isUnknownEngine(error) || engine === 'InnoDB') throw error
    await connection.write(`${sql} ENGINE=InnoDB`)
  }
}

function definition({ columnType, charset, collation }: ExistingColumn, required: boolean): string {
  const text =
    charset === undefined || collation === undefined ? '' : ` CHARACTER SET ${charset} COLLATE ${collation}`
  return `${columnType}${text} ${required ? 'NOT NULL' : 'NULL'}`
}

/** Dropping a temporary table commits nothing. */
export async function dropStage(connection: MysqlConnection, name: string): Promise<void> {
  await connection.write(`DROP TEMPORARY TABLE IF EXISTS ${quoteName(name)}`)
}
