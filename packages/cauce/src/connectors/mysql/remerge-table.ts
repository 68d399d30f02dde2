import { CauceError } from '../../model/cauce-error.ts'
import type { DetailReader, LoadRecord, Remerge, StagedRows, TableLoad, TableShape } from '../destination.ts'
import type { MysqlConnection } from './connection.ts'
import type { ExistingColumn } from './existing-table.ts'
import { loadsByKey } from './guard.ts'
import { loadFile } from './load-data.ts'
import type { LoadTools } from './load-tools.ts'
import { proveStage } from './proof.ts'
import { quoteName, quoteNames } from './quote.ts'
import { streamToFile } from './read-detail.ts'
import { loadsIn } from './remove-rows.ts'
import type { PreparedTable } from './shape.ts'
import { createStage, dropStage } from './stage.ts'
import { technicalColumns } from './technical-columns.ts'
import { upsertSql } from './upsert-sql.ts'
import { judgeWarnings } from './warnings.ts'

/** Reads detail rows of replaced loads, before they go. */
export function replacedReader(connection: MysqlConnection, replaced: readonly LoadRecord[]): DetailReader {
  return {
    rows: async ({ table, loadColumn, columns, path }) =>
      streamToFile(
        connection,
        { table, path },
        `SELECT ${quoteNames(columns)} FROM ${quoteName(table)} WHERE ${loadsIn(loadColumn, replaced)}`,
      ),
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
 * transaction ends and adds to the outcome. Both systems read anew with each statement (READ COMMITTED).
 */
export async function remergeTable(
  tools: LoadTools,
  load: TableLoad,
  prepared: PreparedTable,
  { remerge, touched, stage }: Remerging,
): Promise<void> {
  const { connection } = tools
  const columns = columnsOf(load.columns, prepared)
  const keys = {
    name: `${stage}k`,
    columns,
    key: columnsOf(keyColumns(load), prepared).map(({ name }) => name),
  }
  await stageFile(tools, load, keys, touched)
  await lockKeys(connection, prepared, keys)
  const result = await remerge.merged(load, keyedReader(connection, load, prepared, keys))
  await storeRows(tools, { ...load, ...result }, prepared, `${stage}r`)
  await deleteVanished(tools, load, prepared, { stage: `${stage}v`, vanished: result.vanished })
  await dropStage(connection, keys.name)
}

interface Stage {
  readonly name: string
  readonly columns: readonly ExistingColumn[]
  readonly key: readonly string[]
}

async function stageFile(
  { connection, infile }: LoadTools,
  { name: forTable }: TableShape,
  { name, columns, key }: Stage,
  { path, rows }: StagedRows,
): Promise<void> {
  await createStage(connection, name, columns, key)
  const names = columns.map((column) => column.name)
  await loadFile(connection, { forTable, table: name, columns: names, path, rows }, infile)
}

async function lockKeys(connection: MysqlConnection, prepared: PreparedTable, stage: Stage): Promise<void> {
  const names = quoteNames(stage.columns.map(({ name }) => name))
  const first = quoteName(stage.key[0] ?? '')
  const table = quoteName(prepared.name)
  await connection.write(
    `INSERT INTO ${table} (${names}) SELECT ${names} FROM ${quoteName(stage.name)} AS _cauce_staged
    ORDER BY ${quoteNames(stage.key)} ON DUPLICATE KEY UPDATE ${first} = ${table}.${first}`,
  )
}

/** Reads all detail rows, or those that hold a touched key: more than those do no harm, for whoever asked looks again. */
function keyedReader(
  connection: MysqlConnection,
  load: TableLoad,
  prepared: PreparedTable,
  stage: Stage,
): DetailReader {
  return {
    rows: async ({ table, columns, key, path }) => {
      const names = columns.map((name) => `_cauce_detail.${quoteName(name)}`).join(', ')
      const join =
        key === undefined
          ? ''
          : `JOIN ${quoteName(stage.name)} AS _cauce_key ON ${key.map((name, position) => sameKey(name, load, prepared, position)).join(' AND ')}`
      return streamToFile(
        connection,
        { table, path },
        `SELECT ${names} FROM ${quoteName(table)} AS _cauce_detail ${join}`,
      )
    },
    loads: async (loadKeys) => loadsByKey(connection, loadKeys),
  }
}

/** A detail table of others' making may compare texts in its own way, which does not mix with the key's. */
function sameKey(detailColumn: string, load: TableLoad, prepared: PreparedTable, position: number): string {
  const column = prepared.columns.get(load.key[position] ?? '')
  const stored = `_cauce_detail.${quoteName(detailColumn)}`
  const key = `_cauce_key.${quoteName(column?.name ?? '')}`
  return column?.collation === undefined || column.charset !== 'utf8mb4'
    ? `${key} = ${stored}`
    : `${key} = CONVERT(${stored} USING utf8mb4) COLLATE ${column.collation}`
}

/** Puts the rows in the place of those with the same key, column by column: other columns of the table keep what they hold. */
async function storeRows(
  tools: LoadTools,
  rows: TableLoad,
  prepared: PreparedTable,
  stage: string,
): Promise<void> {
  const { connection } = tools
  if (rows.rows === 0) return
  const plain = replacingShape(rows)
  const columns = columnsOf(plain.columns, prepared)
  await stageFile(tools, rows, { name: stage, columns, key: [] }, rows)
  await proveStage(connection, rows, prepared, stage)
  const { info, warnings } = await connection.write(upsertSql(plain, prepared, { stage, item: '' }))
  await judgeWarnings(connection, rows.name, warnings)
  const merged = Number(/Records: (\d+)/.exec(info)?.[1])
  if (merged !== rows.rows)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: rows.name,
      detail: `${rows.rows} keys were worked out again and the server stored ${merged}`,
    })
  await dropStage(connection, stage)
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

async function deleteVanished(
  tools: LoadTools,
  load: TableLoad,
  prepared: PreparedTable,
  { stage, vanished }: { readonly stage: string; readonly vanished: StagedRows },
): Promise<void> {
  if (vanished.rows === 0) return
  const { connection } = tools
  const columns = columnsOf(keyColumns(load), prepared)
  const names = columns.map(({ name }) => name)
  await stageFile(tools, load, { name: stage, columns, key: names }, vanished)
  const same = names
    .map((name) => `_cauce_row.${quoteName(name)} = _cauce_gone.${quoteName(name)}`)
    .join(' AND ')
  const { affectedRows } = await connection.write(
    `DELETE _cauce_row FROM ${quoteName(stage)} AS _cauce_gone STRAIGHT_JOIN ${quoteName(prepared.name)} AS _cauce_row ON ${same}`,
  )
  if (affectedRows !== vanished.rows)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: load.name,
      detail: `${vanished.rows} keys have no rows left, and ${affectedRows} were deleted`,
    })
  await dropStage(connection, stage)
}

function keyColumns({ columns, key }: TableShape): TableShape['columns'] {
  return key.flatMap((name) => columns.filter((column) => column.name === name))
}

function columnsOf(columns: TableShape['columns'], prepared: PreparedTable): readonly ExistingColumn[] {
  return columns.flatMap(({ name }) => prepared.columns.get(name) ?? [])
}
