import type { PostgresConnection } from './connection.ts'
import { quoteName } from './quote.ts'

/**
 * Our own tables. `refuse_item` and `refuse_content` are hashes of (pipeline, item) and (pipeline, sha256): by their unique
 * indexes the database itself refuses the same name with other bytes and the same bytes under another name, however long names
 * are. A load that was replaced holds neither: one load stands for an item.
 */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  cauce_loads: [
    `create table cauce_loads (load_key text collate "C" primary key, pipeline text not null, item text not null, sha256 text not null,
    generation int not null, rows_read bigint not null, rows_loaded bigint not null, rows_rejected bigint not null,
    rows_skipped bigint not null, warnings bigint not null, committed_at timestamp not null,
    refuse_item text collate "C" unique, refuse_content text collate "C" unique,
    origin_load text collate "C", replaced_by text collate "C", replaced_at timestamp)`,
    'create index on cauce_loads (origin_load) where origin_load is not null',
  ],
  cauce_replays: [
    `create table cauce_replays (origin_load text collate "C" not null, record bigint not null, load_key text collate "C" not null,
    primary key (origin_load, record))`,
  ],
  cauce_periods: [
    'create table cauce_periods (table_name text not null, column_name text not null, period text not null, primary key (table_name, column_name))',
  ],
}

/** Creates the schema and those of our own tables that are not there; asked first, so that nobody needs CREATE once they are. */
export async function createBookkeeping(connection: PostgresConnection): Promise<void> {
  const { schema } = connection
  const [place] = await connection.rows('select 1 as found from pg_catalog.pg_namespace where nspname = $1', [
    schema,
  ])
  if (place === undefined) await connection.write(`create schema ${quoteName(schema)}`)
  const rows = await connection.rows(
    'select tablename as name from pg_catalog.pg_tables where schemaname = $1 and tablename = any($2)',
    [schema, Object.keys(TABLES)],
  )
  const found = new Set(rows.map((row) => row['name']))
  for (const [name, statements] of Object.entries(TABLES))
    if (!found.has(name)) for (const statement of statements) await connection.write(statement)
}
