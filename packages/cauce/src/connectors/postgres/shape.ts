import { CauceError } from '../../model/cauce-error.ts'
import type { DestinationColumn, TableShape } from '../destination.ts'
import { columnNamed, type ExistingColumn, type ExistingTable } from './existing-table.ts'
import { quoteName, quoteNames } from './quote.ts'
import { technicalColumns } from './technical-columns.ts'
import { columnType, isText, misfit } from './types.ts'

/** A table that is there and fits, with what statements need to know of it. */
export interface PreparedTable {
  readonly name: string
  /** With its schema, quoted. */
  readonly sql: string
  /** By the pipeline's column names, technical ones among them. */
  readonly columns: ReadonlyMap<string, ExistingColumn>
}

/**
 * Proves that an existing table can take the pipeline's rows as they are, by column name.
 * @throws {CauceError} DESTINATION_SHAPE naming table, column and remedy
 */
export function checkShape(shape: TableShape, table: ExistingTable): PreparedTable {
  const refuse = (detail: string): never => {
    throw new CauceError('DESTINATION_SHAPE', { table: shape.name, detail })
  }
  if (table.kind !== 'r' && table.kind !== 'p')
    refuse(`it is ${table.kind === 'f' ? 'a foreign table' : 'a view'}; name a table`)
  const columns = new Map<string, ExistingColumn>()
  for (const column of [...shape.columns, ...technicalColumns(shape)]) {
    const existing = columnNamed(table, column.name)
    if (existing === undefined)
      return refuse(
        `column ${column.name} is missing; run ALTER TABLE ${table.sql} ADD COLUMN ${quoteName(column.name)} ${columnType(column.type)}`,
      )
    const taken = [...columns].find(([, other]) => other.name === existing.name)
    if (taken !== undefined)
      refuse(`the columns ${taken[0]} and ${column.name} would both go into ${existing.name}`)
    const problem = columnProblem(column, existing)
    if (problem !== undefined) refuse(`column ${column.name} ${problem}`)
    columns.set(column.name, existing)
  }
  checkOthers(table, new Set([...columns.values()].map(({ name }) => name)), refuse)
  if (shape.key.length > 0) checkMerged({ shape, table, columns }, refuse)
  return { name: table.name, sql: table.sql, columns }
}

type Refuse = (detail: string) => never

function columnProblem(column: DestinationColumn, existing: ExistingColumn): string | undefined {
  if (existing.generated) return 'is filled by the table alone; leave it out of the pipeline'
  return misfit(column.type, existing)
}

function checkOthers(table: ExistingTable, loaded: ReadonlySet<string>, refuse: Refuse): void {
  const needed = table.columns.find(
    ({ name, hasDefault, generated }) => !loaded.has(name) && !hasDefault && !generated,
  )
  if (needed === undefined) return
  refuse(
    `column ${needed.name} has no default and the pipeline gives it no value; run ALTER TABLE ${table.sql} ALTER COLUMN ${quoteName(needed.name)} DROP NOT NULL`,
  )
}

interface MergedTable {
  readonly shape: TableShape
  readonly table: ExistingTable
  readonly columns: ReadonlyMap<string, ExistingColumn>
}

/** Rows meet by a unique index over exactly the key, to which different texts are different. By any other they are refused. */
function checkMerged({ shape, table, columns }: MergedTable, refuse: Refuse): void {
  const key = shape.key.map((name) => columns.get(name)?.name ?? name)
  const isKey = (parts: readonly string[]): boolean =>
    parts.length === key.length && parts.every((part) => key.includes(part))
  if (!table.uniqueIndexes.some((index) => isKey(index.columns)))
    refuse(
      `it has no primary key or unique index over exactly ${shape.key.join(', ')}; run CREATE UNIQUE INDEX ON ${table.sql} (${quoteNames(key)})`,
    )
  for (const name of shape.key) {
    const column = columns.get(name)
    if (column?.folds === true)
      refuse(
        `column ${name} is compared by ${column.collation}, to which different texts are the same; run ALTER TABLE ${table.sql} ALTER COLUMN ${quoteName(column.name)} TYPE ${column.declared} COLLATE "C"`,
      )
    if (column?.typeName === 'bpchar')
      refuse(
        `column ${name} holds ${column.declared}, to which blanks at the end are nothing; run ALTER TABLE ${table.sql} ALTER COLUMN ${quoteName(column.name)} TYPE text`,
      )
  }
  for (const [name, { kind }] of Object.entries(shape.merge)) {
    const column = columns.get(name)
    if ((kind === 'sum' || kind === 'period') && column !== undefined && isText(column.typeName))
      refuse(`column ${name} holds ${column.declared}, in which nothing can be added up`)
  }
}
