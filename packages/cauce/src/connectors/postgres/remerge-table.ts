import { CauceError } from '../../model/cauce-error.ts'
import type { DetailReader, LoadRecord, Remerge, StagedRows, TableLoad, TableShape } from '../destination.ts'
import type { PostgresConnection } from './connection.ts'
import { copyFile } from './copy-file.ts'
import type { ExistingColumn } from './existing-table.ts'
import { loadsByKey } from './guard.ts'
import type { LoadTools } from './load-tools.ts'
import { proveStage } from './proof.ts'
import { quoteName, quoteNames } from './quote.ts'
import { copyToFile } from './read-detail.ts'
import { loadsIn } from './remove-rows.ts'
import type { PreparedTable } from './shape.ts'
import { createStage, plainColumns, proveKept, type StagedColumn, stagedColumns } from './stage.ts'
import { technicalColumns } from './technical-columns.ts'
import { isText } from './types.ts'
import { upsertSql } from './upsert-sql.ts'

/** Reads detail rows of replaced loads, before they go. */
export function replacedReader(
  connection: PostgresConnection,
  replaced: readonly LoadRecord[],
): DetailReader {
  return {
    rows: async ({ table, loadColumn, columns, path }) =>
      copyToFile(connection, { table, columns, path }, () => `where ${loadsIn(loadColumn, replaced)}`),
    loads: async (loadKeys) => loadsByKey(connection, loadKeys),
  }
}

export interface Remerging {
  readonly remerge: Remerge
  /** One row for each key that must be worked out again. */
  readonly touched: StagedRows
  /** Prefix of this table's staging tables. */
  readonly stage: string
}

/**
 * Works out again the rows of every touched key. First each of them is locked, by inserting it or changing it to what it is: a
 * load of another item that has added to it must end before its detail rows are read, and one that has not waits until this
 * transaction ends and adds to the outcome. Every statement reads anew (read committed).
 */
export async function remergeTable(
  tools: LoadTools,
  load: TableLoad,
  prepared: PreparedTable,
  { remerge, touched, stage }: Remerging,
): Promise<void> {
  const { connection } = tools
  const columns = columnsOf(load.columns, prepared)
  const key = columnsOf(keyColumns(load), prepared)
  const keys = await stageFile(
    connection,
    { forTable: load.name, name: `${stage}k`, columns: plainColumns(columns) },
    touched,
  )
  await lockKeys(connection, prepared, { stage: keys, columns, key })
  const result = await remerge.merged(load, keyedReader(connection, { stage: keys, key }))
  await storeRows(connection, { ...load, ...result }, prepared, `${stage}r`)
  await deleteVanished(connection, load, prepared, { name: `${stage}v`, key, vanished: result.vanished })
}

interface Stage {
  /** The pipeline's table it belongs to, for people. */
  readonly forTable: string
  readonly name: string
  readonly columns: readonly StagedColumn[]
}

/** @returns the staging table, quoted */
async function stageFile(
  connection: PostgresConnection,
  { forTable, name, columns }: Stage,
  { path, rows }: StagedRows,
): Promise<string> {
  const table = await createStage(connection, name, columns)
  const names = columns.map(({ column }) => column.name)
  await copyFile(connection, { forTable, table, columns: names, path, rows })
  // Without it a join would be planned for a table of any size.
  await connection.write(`analyze ${table}`)
  return table
}

interface KeyStage {
  readonly stage: string
  readonly key: readonly ExistingColumn[]
}

async function lockKeys(
  connection: PostgresConnection,
  prepared: PreparedTable,
  { stage, columns, key }: KeyStage & { readonly columns: readonly ExistingColumn[] },
): Promise<void> {
  const names = quoteNames(columns.map(({ name }) => name))
  const keyNames = key.map(({ name }) => quoteName(name))
  const [first = ''] = keyNames
  await connection.write(
    `insert into ${prepared.sql} as _cauce_row (${names}) select ${names} from ${stage}
    on conflict (${keyNames.join(', ')}) do update set ${first} = _cauce_row.${first}`,
  )
}

/** Reads all detail rows, or those that hold a touched key: more than those do no harm, for whoever asked looks again. */
function keyedReader(
  connection: PostgresConnection,
  { stage, key: keyColumnsOfTable }: KeyStage,
): DetailReader {
  return {
    rows: async ({ table, columns, key, path }) =>
      copyToFile(connection, { table, columns, path }, (detail) => {
        if (key === undefined) return ''
        const same = key.map((name, position) => sameKey(detail.column(name), keyColumnsOfTable[position]))
        return `join ${stage} as _cauce_key on ${same.join(' and ')}`
      }),
    loads: async (loadKeys) => loadsByKey(connection, loadKeys),
  }
}

/** A detail table of others' making may sort texts in its own way, which does not mix with the key's. */
function sameKey(stored: string, column: ExistingColumn | undefined): string {
  const key = `_cauce_key.${quoteName(column?.name ?? '')}`
  return isText(column?.typeName ?? '') ? `${key} = ${stored}::text collate "C"` : `${key} = ${stored}`
}

/** Puts the rows in the place of those with the same key, column by column: other columns of the table keep what they hold. */
async function storeRows(
  connection: PostgresConnection,
  rows: TableLoad,
  prepared: PreparedTable,
  name: string,
): Promise<void> {
  if (rows.rows === 0) return
  const plain = replacingShape(rows)
  const columns = stagedColumns({ ...rows, columns: plain.columns }, prepared)
  const stage = await stageFile(connection, { forTable: rows.name, name, columns }, rows)
  await proveKept(connection, { table: rows.name, stage, columns })
  await proveStage(connection, rows, prepared, stage)
  const merged = await connection.write(upsertSql(plain, prepared, { stage, item: '' }))
  if (merged !== rows.rows)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: rows.name,
      detail: `${rows.rows} keys were worked out again and the server stored ${merged}`,
    })
}

/** The table with what `first` and `last` remember as columns like others, each taking the new value as it is. */
function replacingShape(load: TableLoad): TableShape {
  const technical = technicalColumns(load)
  const own = load.columns.slice(0, load.columns.length - technical.length)
  const columns = [...own, ...technical]
  const merged = columns.filter(({ name }) => !load.key.includes(name))
  return {
    ...load,
    columns,
    merge: Object.fromEntries(merged.map(({ name }) => [name, { kind: 'replace' }])),
  }
}

interface Vanished {
  readonly name: string
  readonly key: readonly ExistingColumn[]
  readonly vanished: StagedRows
}

async function deleteVanished(
  connection: PostgresConnection,
  load: TableLoad,
  prepared: PreparedTable,
  { name, key, vanished }: Vanished,
): Promise<void> {
  if (vanished.rows === 0) return
  const stage = await stageFile(
    connection,
    { forTable: load.name, name, columns: plainColumns(key) },
    vanished,
  )
  const same = key
    .map((column) => `_cauce_row.${quoteName(column.name)} = _cauce_gone.${quoteName(column.name)}`)
    .join(' and ')
  const deleted = await connection.write(
    `delete from ${prepared.sql} as _cauce_row using ${stage} as _cauce_gone where ${same}`,
  )
  if (deleted !== vanished.rows)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: load.name,
      detail: `${vanished.rows} keys have no rows left, and ${deleted} were deleted`,
    })
}

function keyColumns({ columns, key }: TableShape): TableShape['columns'] {
  return key.flatMap((name) => columns.filter((column) => column.name === name))
}

function columnsOf(columns: TableShape['columns'], prepared: PreparedTable): readonly ExistingColumn[] {
  return columns.flatMap(({ name }) => prepared.columns.get(name) ?? [])
}
