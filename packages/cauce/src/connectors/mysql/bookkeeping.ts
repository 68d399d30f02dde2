import { CauceError } from '../../model/cauce-error.ts'
import type { LoadRequest } from '../destination.ts'
import type { MysqlConnection } from './connection.ts'
import { isDenied, isDoubleColumn } from './errors.ts'
import { tableOptions } from './table-ddl.ts'

const HASH = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin'

/** Columns of `cauce_loads` that tables made by 0.1 do not have, and the index by which replays of a load are found. */
const LATER_COLUMNS: Readonly<Record<string, string>> = {
  origin_load: `${HASH} NULL`,
  replaced_by: `${HASH} NULL`,
  replaced_at: 'DATETIME(6) NULL',
}
const LATER_INDEX = 'INDEX cauce_origin (origin_load)'

/**
 * Our own tables. `refuse_item` and `refuse_content` are hashes of (pipeline, item) and (pipeline, sha256): by their unique
 * indexes the database itself refuses the same name with other bytes and the same bytes under another name, however long names
 * are. A load that was replaced holds neither: one load stands for an item.
 */
const TABLES: Readonly<Record<string, string>> = {
  cauce_loads: `load_key ${HASH} NOT NULL PRIMARY KEY, pipeline VARCHAR(255) NOT NULL, item VARCHAR(1024) NOT NULL, sha256 ${HASH} NOT NULL,
    generation INT NOT NULL, rows_read BIGINT NOT NULL, rows_loaded BIGINT NOT NULL, rows_rejected BIGINT NOT NULL,
    rows_skipped BIGINT NOT NULL, warnings BIGINT NOT NULL, committed_at DATETIME(6) NOT NULL,
    refuse_item ${HASH} NULL UNIQUE, refuse_content ${HASH} NULL UNIQUE,
    ${Object.entries(LATER_COLUMNS)
      .map((column) => column.join(' '))
      .join(', ')}, ${LATER_INDEX}`,
  cauce_replays: `origin_load ${HASH} NOT NULL, record BIGINT NOT NULL, load_key ${HASH} NOT NULL, PRIMARY KEY (origin_load, record)`,
  cauce_periods: `table_name VARCHAR(64) NOT NULL, column_name VARCHAR(64) NOT NULL, period VARCHAR(10) NOT NULL,
    PRIMARY KEY (table_name, column_name)`,
}

/** What our own tables can keep. */
export interface Bookkeeping {
  /** Which columns `cauce_loads` lacks, because it is of an earlier version and we may not change it: nothing can be replaced. */
  readonly missing: readonly string[]
}

/** Creates those of our own tables that are not there; asked first, so that nobody needs CREATE once they are. */
export async function createBookkeeping(connection: MysqlConnection): Promise<Bookkeeping> {
  const names = Object.keys(TABLES)
  const rows = await connection.rows(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${names.map((name) => `'${name}'`).join(', ')})`,
  )
  const found = new Set(rows.map((row) => String(row['name'])))
  for (const [name, definition] of Object.entries(TABLES))
    if (!found.has(name))
      await connection.write(
        `CREATE TABLE IF NOT EXISTS ${name} (${definition}) ${tableOptions(connection.facts)}`,
      )
  return { missing: await widenLoads(connection) }
}

/** How long open loads are waited for: the server lets nobody begin another meanwhile. */
const WIDEN_WAIT_SECONDS = 20

/** Adds what an earlier version's `cauce_loads` lacks; an account that may not goes on without. */
async function widenLoads(connection: MysqlConnection): Promise<readonly string[]> {
  const missing = await missingColumns(connection)
  if (missing.length === 0) return []
  const parts = missing.map((name) => `ADD COLUMN ${name} ${LATER_COLUMNS[name]}`)
  if (missing.includes('origin_load')) parts.push(`ADD ${LATER_INDEX}`)
  try {
    await connection.write(`SET SESSION lock_wait_timeout = ${WIDEN_WAIT_SECONDS}`)
    await connection.write(`ALTER TABLE cauce_loads ${parts.join(', ')}`)
    await connection.write('SET SESSION lock_wait_timeout = DEFAULT')
    return []
  } catch (error) {
    // Another process was quicker.
    if (isDoubleColumn(error)) return missingColumns(connection)
    if (isDenied(error)) return missing
    throw error
  }
}

async function missingColumns(connection: MysqlConnection): Promise<readonly string[]> {
  const rows = await connection.rows(
    "SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'cauce_loads'",
  )
  const found = new Set(rows.map((row) => String(row['name'])))
  return Object.keys(LATER_COLUMNS).filter((name) => !found.has(name))
}

/**
 * A request as far as the table of loads can keep it. One of an earlier version that we may not widen does not tell which load was
 * mended: nothing can be replaced as long as it is so.
 * @throws {CauceError} DESTINATION_SHAPE with what to run, for a request that may replace loads
 */
export function keptRequest(request: LoadRequest, { missing }: Bookkeeping): LoadRequest {
  if (missing.length === 0) return request
  if (request.replacing === undefined)
    return { ...request, record: { ...request.record, originLoad: undefined } }
  const columns = missing.map((name) => `ADD COLUMN ${name} ${LATER_COLUMNS[name]}`).join(', ')
  throw new CauceError('DESTINATION_SHAPE', {
    table: 'cauce_loads',
    detail: `it was made by an earlier version and we may not widen it; run ALTER TABLE cauce_loads ${columns}, ADD ${LATER_INDEX}`,
  })
}
