import { CauceError } from '../../model/cauce-error.ts'
import type { DestinationColumn, TableShape } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { duckdbType } from '../../plan/duckdb/parse-sql.ts'
import { quoteName } from '../../plan/duckdb/quote.ts'
import { readTables, type ExistingColumn, type ExistingTable } from './existing-tables.ts'
import { storedColumns } from './merge-columns.ts'
import { tableName } from './names.ts'
import { OWN_TABLES } from './own-tables.ts'
import { misfit } from './types.ts'

/** What must be made before rows can be loaded. */
export interface Missing {
  readonly tables: readonly TableShape[]
  /** Columns that our own tables of an earlier version lack. */
  readonly columns: readonly { readonly table: string; readonly column: DestinationColumn }[]
}

/**
 * Checks the tables that exist and names what is missing, of the destination's own tables too.
 * @throws {CauceError} DESTINATION_SHAPE
 */
export async function findMissing(database: Engine, tables: readonly TableShape[]): Promise<Missing> {
  const existing = await readTables(database)
  const columns = OWN_TABLES.flatMap((shape) => {
    const found = existing.get(shape.name)
    return found === undefined
      ? []
      : shape.columns
          .filter(
            ({ name, nullable }) => nullable && !found.columns.some((column) => isSame(column.name, name)),
          )
          .map((column) => ({ table: shape.name, column }))
  })
  const missing = [...OWN_TABLES, ...tables].filter((shape) => {
    refuseTwins(shape)
    const found = existing.get(shape.name.toLowerCase())
    if (found !== undefined)
      check(
        {
          ...shape,
          columns: shape.columns.filter((column) => !columns.some((later) => later.column === column)),
        },
        found,
      )
    return found === undefined
  })
  return { tables: missing, columns }
}

/** Adds a column to a table of our own. Rows that are there hold nothing in it. */
export async function addColumn(
  database: Engine,
  { table, column }: Missing['columns'][number],
): Promise<void> {
  await database.run(
    `ALTER TABLE ${tableName(table)} ADD COLUMN IF NOT EXISTS ${quoteName(column.name)} ${duckdbType(column.type)}`,
  )
}

/**
 * Makes a table. A merged table gets no key: its uniqueness is ours to keep, since whoever writes has the file alone, and an
 * index doubled the cost of merging 600,000 keys (docs/decisions/0008).
 */
export async function createTable(database: Engine, shape: TableShape): Promise<void> {
  const columns = storedColumns(shape).map(
    ({ name, type, nullable }) =>
      `${quoteName(name)} ${duckdbType(type)}${nullable && !shape.key.includes(name) ? '' : ' NOT NULL'}`,
  )
  await database.run(`CREATE TABLE IF NOT EXISTS ${tableName(shape.name)} (${columns.join(', ')})`)
}

function check(shape: TableShape, found: ExistingTable): void {
  const wanted = storedColumns(shape)
  const complaint =
    (found.isView ? 'it is a view; rows can be loaded into tables only' : undefined) ??
    wanted.map((column) => columnComplaint(column, shape, found)).find((said) => said !== undefined) ??
    strangerComplaint(wanted, found)
  if (complaint !== undefined)
    throw new CauceError('DESTINATION_SHAPE', { table: shape.name, detail: complaint })
}

function columnComplaint(
  wanted: DestinationColumn,
  shape: TableShape,
  found: ExistingTable,
): string | undefined {
  const { name, type } = wanted
  const column = found.columns.find((candidate) => isSame(candidate.name, name))
  if (column === undefined)
    return `it has no column ${name}; ALTER TABLE ${quoteName(shape.name)} ADD COLUMN ${quoteName(name)} ${duckdbType(type)}`
  const unfit = misfit(type, column.dataType)
  if (unfit !== undefined)
    return `column ${name} ${unfit}; make it ${duckdbType(type)} or change the contract`
  if (shape.key.includes(name) && isCollated(column, found))
    return `key column ${name} has a collation, under which different keys would be one; make it plain VARCHAR`
  return undefined
}

/** Other columns keep their defaults; one that has none would make every row fail. */
function strangerComplaint(wanted: readonly DestinationColumn[], found: ExistingTable): string | undefined {
  const stranger = found.columns.find(
    ({ name, nullable, hasDefault }) =>
      !nullable && !hasDefault && !wanted.some((column) => isSame(column.name, name)),
  )
  return stranger === undefined
    ? undefined
    : `column ${stranger.name} is not the pipeline's and may not be NULL; give it a default`
}

/** DuckDB takes `Email` and `email` for one column; a table cannot have both. */
function refuseTwins({ name: table, columns }: TableShape): void {
  const seen = new Map<string, string>()
  for (const { name } of columns) {
    const twin = seen.get(name.toLowerCase())
    if (twin !== undefined)
      throw new CauceError('DESTINATION_SHAPE', {
        table,
        detail: `columns ${twin} and ${name} differ in upper and lower case only, which DuckDB does not tell apart; rename one`,
      })
    seen.set(name.toLowerCase(), name)
  }
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function isCollated({ name }: ExistingColumn, { sql }: ExistingTable): boolean {
  return [name, quoteName(name)].some((spelt) => sql.includes(`${spelt} VARCHAR COLLATE `))
}
