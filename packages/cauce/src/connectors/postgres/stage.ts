import { CauceError } from '../../model/cauce-error.ts'
import { sha256Hex } from '../../model/load-key.ts'
import type { TableLoad } from '../destination.ts'
import type { ExistingColumn } from './existing-table.ts'
import type { PostgresConnection } from './connection.ts'
import { quoteName, quoteNames } from './quote.ts'
import type { PreparedTable } from './shape.ts'
import { losslessType } from './types.ts'

/** The staging table of one table of one attempt. It is temporary and ends with the transaction, whatever happens. */
export function stageName(attempt: string, position: number): string {
  return `cauce_stage_${sha256Hex(attempt).slice(0, 16)}_${position}`
}

/** A column of a staging table: one of the table its rows go into, of a type that keeps every value. */
export interface StagedColumn {
  readonly column: ExistingColumn
  /** Where that is not the column's own. */
  readonly lossless: string | undefined
}

/** Columns of a load as they are staged. */
export function stagedColumns(load: TableLoad, prepared: PreparedTable): readonly StagedColumn[] {
  return load.columns.flatMap(({ name, type }) => {
    const column = prepared.columns.get(name)
    if (column === undefined) return []
    return [{ column, lossless: losslessType(type, column, load.fractions.includes(name)) }]
  })
}

export function plainColumns(columns: readonly ExistingColumn[]): readonly StagedColumn[] {
  return columns.map((column) => ({ column, lossless: undefined }))
}

/** Creates a staging table without indexes: its rows come in order, are read once, and joins hash. @returns its name, quoted */
export async function createStage(
  connection: PostgresConnection,
  name: string,
  columns: readonly StagedColumn[],
): Promise<string> {
  const parts = columns.map(
    ({ column, lossless }) => `${quoteName(column.name)} ${lossless ?? declaredType(column)}`,
  )
  await connection.write(`create temporary table ${quoteName(name)} (${parts.join(', ')}) on commit drop`)
  return `pg_temp.${quoteName(name)}`
}

function declaredType({ declared, collation }: ExistingColumn): string {
  return collation === 'C' ? `${declared} collate "C"` : declared
}

/**
 * Proves that every staged value is the same in the column it goes into.
 * @throws {CauceError} DESTINATION_REFUSED_ROWS
 */
export async function proveKept(
  connection: PostgresConnection,
  {
    table,
    stage,
    columns,
  }: { readonly table: string; readonly stage: string; readonly columns: readonly StagedColumn[] },
): Promise<void> {
  const doubtful = columns.filter(({ lossless }) => lossless !== undefined)
  if (doubtful.length === 0) return
  const questions = doubtful.map(({ column: { name, declared }, lossless }, position) => {
    const value = quoteName(name)
    return `count(*) filter (where ${value}::${declared}::${lossless} is distinct from ${value}) as a${position}`
  })
  const [row] = await connection.rows(`select ${questions.join(', ')} from ${stage}`)
  for (const [position, { column }] of doubtful.entries()) {
    const lost = row?.[`a${position}`] ?? '0'
    if (lost !== '0')
      throw new CauceError('DESTINATION_REFUSED_ROWS', {
        table,
        detail: `column ${column.name}: ${lost} values that ${column.declared} would cut or round`,
      })
  }
}

/** Appends staged rows to their table. @returns how many */
export async function appendStaged(
  connection: PostgresConnection,
  {
    into,
    stage,
    columns,
  }: { readonly into: string; readonly stage: string; readonly columns: readonly StagedColumn[] },
): Promise<number> {
  const names = quoteNames(columns.map(({ column }) => column.name))
  return connection.write(`insert into ${into} (${names}) select ${names} from ${stage}`)
}
