import { stat } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import { NulFound, type PostgresConnection } from './connection.ts'
import { findNul } from './find-nul.ts'
import { quoteNames } from './quote.ts'

/** A staged file on its way into a table of the server. */
export interface FileCopy {
  /** The pipeline's table it belongs to, for people. */
  readonly forTable: string
  /** The table it goes into, quoted. */
  readonly table: string
  /** Columns of that table, in the file's order. */
  readonly columns: readonly string[]
  readonly path: string
  readonly rows: number
}

/** How staged files are spelled (`StagingFormat`), in the words of COPY. */
export const STAGED = "format csv, null 'NULL', encoding 'UTF8'"

/**
 * Brings a staged file into a table, within the transaction under way, and proves by the server's own count that every row arrived.
 * @throws {CauceError} DESTINATION_REFUSED_ROWS, ACCOUNTING_MISMATCH
 */
export async function copyFile(connection: PostgresConnection, copy: FileCopy): Promise<void> {
  const { forTable, table, columns, path, rows } = copy
  if (rows === 0 && (await stat(path)).size === 0) return
  const stored = await copied(
    connection,
    copy,
    `copy ${table} (${quoteNames(columns)}) from stdin (${STAGED})`,
  )
  if (stored !== rows)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: forTable,
      detail: `${rows} rows were staged and the server stored ${stored}`,
    })
}

async function copied(
  connection: PostgresConnection,
  { forTable, columns, path }: FileCopy,
  sql: string,
): Promise<number> {
  try {
    return await connection.copyIn(sql, path)
  } catch (error) {
    if (!(error instanceof NulFound)) throw error
    const { row, column } = await findNul(path)
    throw new CauceError('DESTINATION_REFUSED_ROWS', {
      table: forTable,
      detail: `column ${columns[column] ?? ''}, staged row ${row}: it holds NUL, which PostgreSQL keeps in no text`,
    })
  }
}
