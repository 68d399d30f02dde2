import type { ColumnDefinitionBuilder } from 'kysely'

/** A key the database counts up by itself and never gives twice. The one definition that engines do not share. */
export const identityColumn = [
  'integer',
  (column: ColumnDefinitionBuilder) => column.primaryKey().autoIncrement(),
] as const
