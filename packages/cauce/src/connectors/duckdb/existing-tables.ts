import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'
import { DATABASE } from './names.ts'

export interface ExistingColumn {
  readonly name: string
  /** As DuckDB prints it: `VARCHAR`, `DECIMAL(9,2)`. */
  readonly dataType: string
  readonly nullable: boolean
  readonly hasDefault: boolean
}

export interface ExistingTable {
  readonly columns: readonly ExistingColumn[]
  readonly isView: boolean
  /** The statement DuckDB would make the table with; the only place that shows collations. */
  readonly sql: string
}

/** The tables and views of the file, by name in lower case, for DuckDB names do not tell cases apart. */
export async function readTables(database: Engine): Promise<ReadonlyMap<string, ExistingTable>> {
  const place = `database_name = ${quoteText(DATABASE)} AND schema_name = 'main' AND NOT internal`
  const relations = await database.rows(
    `SELECT table_name AS name, false AS is_view, sql FROM duckdb_tables() WHERE ${place}
    UNION ALL SELECT view_name, true, sql FROM duckdb_views() WHERE ${place}`,
  )
  const columns = await database.rows(
    `SELECT table_name, column_name, data_type, is_nullable, column_default IS NOT NULL AS has_default
    FROM duckdb_columns() WHERE ${place} ORDER BY table_name, column_index`,
  )
  const byTable = Map.groupBy(columns, (row) => String(row['table_name']))
  return new Map(
    relations.map((row) => {
      const name = String(row['name'])
      const table: ExistingTable = {
        columns: (byTable.get(name) ?? []).map((column) => ({
          name: String(column['column_name']),
          dataType: String(column['data_type']),
          nullable: column['is_nullable'] === true,
          hasDefault: column['has_default'] === true,
        })),
        isView: row['is_view'] === true,
        sql: String(row['sql']),
      }
      return [name.toLowerCase(), table]
    }),
  )
}
