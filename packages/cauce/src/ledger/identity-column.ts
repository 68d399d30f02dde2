import type { ColumnDefinitionBuilder } from 'kysely'

/** A key the database counts up by itself and never gives twice, as SQLite spells it; for PostgreSQL see `postgres-dialect.ts`. */
export const identityColumn = [
  'integer',
  (column: ColumnDefinitionBuilder) => column.primaryKey().autoIncrement(),
] as const
