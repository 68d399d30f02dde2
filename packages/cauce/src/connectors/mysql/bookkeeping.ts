import type { MysqlConnection } from './connection.ts'
import { tableOptions } from './table-ddl.ts'

const HASH = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin'

/**
 * Our own tables. `refuse_item` and `refuse_content` are hashes of (pipeline, item) and (pipeline, sha256): by their unique
 * indexes the database itself refuses the same name with other bytes and the same bytes under another name, however long names are.
 */
const TABLES: Readonly<Record<string, string>> = {
  cauce_loads: `load_key ${HASH} NOT NULL PRIMARY KEY, pipeline VARCHAR(255) NOT NULL, item VARCHAR(1024) NOT NULL, sha256 ${HASH} NOT NULL,
    generation INT NOT NULL, rows_read BIGINT NOT NULL, rows_loaded BIGINT NOT NULL, rows_rejected BIGINT NOT NULL,
    rows_skipped BIGINT NOT NULL, warnings BIGINT NOT NULL, committed_at DATETIME(6) NOT NULL,
    refuse_item ${HASH} NULL UNIQUE, refuse_content ${HASH} NULL UNIQUE`,
  cauce_replays: `origin_load ${HASH} NOT NULL, record BIGINT NOT NULL, load_key ${HASH} NOT NULL, PRIMARY KEY (origin_load, record)`,
  cauce_periods: `table_name VARCHAR(64) NOT NULL, column_name VARCHAR(64) NOT NULL, period VARCHAR(10) NOT NULL,
    PRIMARY KEY (table_name, column_name)`,
}

/** Creates those of our own tables that are not there; asked first, so that nobody needs CREATE once they are. */
export async function createBookkeeping(connection: MysqlConnection): Promise<void> {
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
}
