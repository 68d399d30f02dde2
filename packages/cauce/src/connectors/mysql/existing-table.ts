import type { MysqlConnection, SqlRow } from './connection.ts'

export interface ExistingColumn {
  readonly name: string
  /** In lower case, without length: `varchar`, `bigint`. */
  readonly dataType: string
  /** As a column definition says it: `varchar(190)`, `bigint(20) unsigned`. */
  readonly columnType: string
  readonly nullable: boolean
  readonly hasDefault: boolean
  readonly autoIncrement: boolean
  readonly generated: boolean
  readonly charset: string | undefined
  readonly collation: string | undefined
  /** Digits kept of a fraction of a second; undefined for other types. */
  readonly fractionDigits: number | undefined
}

/** A unique index (the primary key among them), its columns in order; part of a column counts as no column of the table. */
export interface UniqueIndex {
  readonly name: string
  readonly columns: readonly string[]
}

export interface ExistingTable {
  /** As the server spells it. */
  readonly name: string
  /** `InnoDB`; undefined for a view. */
  readonly engine: string | undefined
  readonly columns: readonly ExistingColumn[]
  readonly uniqueIndexes: readonly UniqueIndex[]
}

/** What the server says of a table of our database; undefined where there is none of that name. */
export async function readTable(
  connection: MysqlConnection,
  name: string,
): Promise<ExistingTable | undefined> {
  // The catalogue compares names without regard to case or accents; tables do so only where the server folds them.
  const fold = (text: string): string => (connection.facts.foldsTableNames ? text.toLowerCase() : text)
  const same = (row: SqlRow): boolean => fold(String(row['found'])) === fold(name)
  const tables = await connection.rows(
    'SELECT TABLE_NAME AS found, ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
    [name],
  )
  const table = tables.find(same)
  if (table === undefined) return undefined
  const columns = await connection.rows(
    `SELECT TABLE_NAME AS found, COLUMN_NAME AS name, DATA_TYPE AS data_type, COLUMN_TYPE AS column_type, IS_NULLABLE AS nullable,
      COLUMN_DEFAULT AS default_value, EXTRA AS extra, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation,
      DATETIME_PRECISION AS fraction_digits, GENERATION_EXPRESSION AS expression
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [name],
  )
  const indexes = await connection.rows(
    `SELECT TABLE_NAME AS found, INDEX_NAME AS name, COLUMN_NAME AS column_name, SUB_PART AS part
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 0
    ORDER BY INDEX_NAME, SEQ_IN_INDEX`,
    [name],
  )
  return {
    name: String(table['found']),
    engine: textOf(table['engine']),
    columns: columns.filter(same).map(columnOf),
    uniqueIndexes: uniqueIndexesOf(indexes.filter(same)),
  }
}

function columnOf(row: SqlRow): ExistingColumn {
  const extra = String(row['extra']).toLowerCase()
  const digits = row['fraction_digits']
  const columnType = String(row['column_type'])
  const nullable = row['nullable'] === 'YES'
  return {
    name: String(row['name']),
    dataType: String(row['data_type']).toLowerCase(),
    columnType,
    nullable,
    hasDefault: nullable || (row['default_value'] !== null && row['default_value'] !== undefined),
    autoIncrement: extra.includes('auto_increment'),
    generated: (textOf(row['expression']) ?? '') !== '',
    charset: textOf(row['charset']),
    collation: textOf(row['collation']),
    fractionDigits: digits === null || digits === undefined ? undefined : Number(digits),
  }
}

function uniqueIndexesOf(rows: readonly SqlRow[]): readonly UniqueIndex[] {
  const byName = Map.groupBy(rows, (row) => String(row['name']))
  return [...byName].map(([name, parts]) => ({
    name,
    // A prefix or an expression is no column: such an index never equals a key.
    columns: parts.map((part) => (part['part'] === null ? (textOf(part['column_name']) ?? '') : '')),
  }))
}

function textOf(value: string | number | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value)
}
