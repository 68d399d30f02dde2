import { stat } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import type { MysqlConnection } from './connection.ts'
import { isInfileForbidden } from './errors.ts'
import { insertBatches } from './insert-batches.ts'
import type { InfileChoice } from './load-tools.ts'
import { quoteName, quoteNames } from './quote.ts'
import { judgeWarnings } from './warnings.ts'

/** A staged file on its way into a table of the server. */
export interface FileLoad {
  /** The pipeline's table it belongs to, for people. */
  readonly forTable: string
  /** The table it goes into. */
  readonly table: string
  /** Columns of that table, in the file's order. */
  readonly columns: readonly string[]
  readonly path: string
  readonly rows: number
}

/**
 * Brings a staged file into a table, within the transaction under way, and proves by the server's own count that every row
 * arrived, and by its silence that it arrived as it was.
 * @throws {CauceError} DESTINATION_REFUSED_ROWS, ACCOUNTING_MISMATCH
 */
export async function loadFile(
  connection: MysqlConnection,
  load: FileLoad,
  infile: InfileChoice,
): Promise<void> {
  if (load.rows === 0 && (await stat(load.path)).size === 0) return
  const stored = infile.allowed
    ? await loadInfile(connection, load, infile)
    : await insertBatches(connection, { ...load, table: quoteName(load.table) })
  if (stored !== load.rows)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: load.forTable,
      detail: `${load.rows} rows were staged and the server stored ${stored}`,
    })
}

async function loadInfile(
  connection: MysqlConnection,
  { forTable, table, columns, path }: FileLoad,
  infile: InfileChoice,
): Promise<number> {
  try {
    const { affectedRows, warnings } = await connection.loadLocal(loadDataSql(table, columns), path)
    await judgeWarnings(connection, forTable, warnings)
    return affectedRows
  } catch (error) {
    if (!isInfileForbidden(error)) throw error
    infile.forbid()
    return insertBatches(connection, { table: quoteName(table), columns, path })
  }
}

/** The file name is a word of ours: whatever the server asks for, it gets the staged file and no other. */
function loadDataSql(table: string, columns: readonly string[]): string {
  return `LOAD DATA LOCAL INFILE 'cauce' INTO TABLE ${quoteName(table)} CHARACTER SET utf8mb4
FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\\n' (${quoteNames(columns)})`
}
