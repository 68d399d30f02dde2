import { CauceError } from '../../model/cauce-error.ts'
import type {
  LoadHooks,
  LoadRecord,
  LoadRequest,
  LoadResult,
  StagedRows,
  TableLoad,
  TableShape,
} from '../destination.ts'
import { checkCounts } from '../check-counts.ts'
import type { Refusal, Taken } from '../guard-rules.ts'
import type { PostgresConnection } from './connection.ts'
import { copyFile } from './copy-file.ts'
import { toPostgresError } from './errors.ts'
import { writeGuard } from './guard.ts'
import type { LoadTools } from './load-tools.ts'
import { periodsStand } from './periods.ts'
import { proveStage } from './proof.ts'
import { remergeTable, replacedReader } from './remerge-table.ts'
import { removeRows } from './remove-rows.ts'
import { markReplayed } from './replay-marks.ts'
import { replaceReport, tellReplaced } from './report.ts'
import type { PreparedTable } from './shape.ts'
import { appendStaged, createStage, proveKept, type StagedColumn, stagedColumns, stageName } from './stage.ts'
import { isReplaced, takePlace } from './take-place.ts'
import { upsertSql } from './upsert-sql.ts'

/** How far a transaction has come: while it waits for rivals it holds nothing that others need. */
export interface Progress {
  waiting: boolean
}

/**
 * Everything of a load between BEGIN and COMMIT, in the order all loads keep: guard, periods, replay marks, rows that
 * give way, tables, report, accounting.
 * @returns why the load must not go on, nothing of it being worth a COMMIT; else the loads that gave way: commit it
 */
export async function fillTransaction(
  tools: LoadTools,
  request: LoadRequest,
  hooks: LoadHooks,
  progress: Progress,
): Promise<Exclude<LoadResult, { kind: 'loaded' }> | Taken> {
  const { connection } = tools
  const { record } = request
  const taken = await takeGuard(connection, request)
  if (taken.kind !== 'taken') return taken
  hooks.at('after-guard')
  if (!(await periodsStand(connection, request.periods))) return { kind: 'period_moved' }
  progress.waiting = false
  const rows = await markReplayed(connection, record.loadKey, request.replayed)
  if (rows.length > 0) return { kind: 'already_replayed', rows }
  await loadTables(tools, request, hooks, taken)
  await writeReports(tools, request, taken)
  hooks.signal.throwIfAborted()
  hooks.at('after-tables')
  checkCounts(request)
  return taken
}

/** First what became of the loads that gave way: a reload has the same row in the report as the load it replaces. */
async function writeReports(
  tools: LoadTools,
  { report, replacing }: LoadRequest,
  { replaced }: Taken,
): Promise<void> {
  const { connection, prepared } = tools
  const told = replacing?.report
  if (told !== undefined && replaced.length > 0)
    await speakingOf(tools, told.table, async () =>
      tellReplaced(connection, told, prepared.table(told.table), replaced),
    )
  if (report !== undefined)
    await speakingOf(tools, report.table, async () =>
      replaceReport(connection, report, prepared.table(report.table)),
    )
}

async function takeGuard(connection: PostgresConnection, request: LoadRequest): Promise<Refusal | Taken> {
  const { originLoad } = request.record
  if (originLoad !== undefined && (await isReplaced(connection, originLoad))) return { kind: 'superseded' }
  if (request.replacing === undefined)
    return (await writeGuard(connection, request)) ?? { kind: 'taken', replaced: [] }
  return takePlace(connection, request)
}

async function loadTables(
  tools: LoadTools,
  request: LoadRequest,
  hooks: LoadHooks,
  { replaced }: Taken,
): Promise<void> {
  const { tables, replacing, attempt, record } = request
  const touched = new Map<TableLoad, StagedRows>()
  if (replacing !== undefined && replaced.length > 0) {
    const reader = replacedReader(tools.connection, replaced)
    for (const table of tables)
      if (table.mode === 'upsert') touched.set(table, await replacing.remerge.touched(table, reader))
    for (const table of tables) {
      hooks.signal.throwIfAborted()
      if (table.mode === 'append') await removeFrom(tools, table, replaced)
    }
    hooks.at('after-removal')
  }
  for (const [position, table] of tables.entries()) {
    hooks.signal.throwIfAborted()
    const stage = stageName(attempt, position)
    const rows = touched.get(table)
    if (replacing === undefined || rows === undefined)
      await loadTable(tools, table, { stage, item: record.item })
    else
      await speakingOf(tools, table, async () =>
        remergeTable(tools, table, tools.prepared.table(table), {
          remerge: replacing.remerge,
          touched: rows,
          stage,
        }),
      )
    hooks.onRows(table.name, table.rows)
  }
  if (touched.size > 0) hooks.at('after-remerge')
}

async function removeFrom(
  tools: LoadTools,
  table: TableLoad,
  replaced: readonly LoadRecord[],
): Promise<void> {
  const { connection } = tools
  await speakingOf(tools, table, async () =>
    removeRows(connection, table, tools.prepared.table(table), replaced),
  )
}

interface Staging {
  readonly stage: string
  readonly item: string
}

async function loadTable(tools: LoadTools, load: TableLoad, staging: Staging): Promise<void> {
  const { connection } = tools
  await speakingOf(tools, load, async () => {
    const prepared = tools.prepared.table(load)
    const columns = stagedColumns(load, prepared)
    if (load.mode === 'upsert') return mergeTable(connection, load, prepared, { ...staging, columns })
    if (load.mode === 'replace') await connection.write(`delete from ${prepared.sql}`)
    if (columns.some(({ lossless }) => lossless !== undefined))
      return appendProven(connection, load, prepared, { ...staging, columns })
    await copyFile(connection, copyOf(load, prepared.sql, columns))
  })
}

function copyOf({ name, path, rows }: TableLoad, table: string, columns: readonly StagedColumn[]) {
  return { forTable: name, table, columns: columns.map(({ column }) => column.name), path, rows }
}

type StagingColumns = Staging & { readonly columns: readonly StagedColumn[] }

/** Where a column would cut or round values without a word, rows are staged and looked at before they are appended. */
async function appendProven(
  connection: PostgresConnection,
  load: TableLoad,
  prepared: PreparedTable,
  { stage: name, columns }: StagingColumns,
): Promise<void> {
  const stage = await createStage(connection, name, columns)
  await copyFile(connection, copyOf(load, stage, columns))
  await proveKept(connection, { table: load.name, stage, columns })
  const stored = await appendStaged(connection, { into: prepared.sql, stage, columns })
  if (stored !== load.rows)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: load.name,
      detail: `${load.rows} rows were staged and the server stored ${stored}`,
    })
}

/** Staged, proven, and then merged in one statement; every staged row was inserted or updated. */
async function mergeTable(
  connection: PostgresConnection,
  load: TableLoad,
  prepared: PreparedTable,
  { stage: name, item, columns }: StagingColumns,
): Promise<void> {
  const stage = await createStage(connection, name, columns)
  await copyFile(connection, copyOf(load, stage, columns))
  if (load.rows === 0) return
  await proveKept(connection, { table: load.name, stage, columns })
  await proveStage(connection, load, prepared, stage)
  const merged = await connection.write(upsertSql(load, prepared, { stage, item }))
  if (merged !== load.rows)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: load.name,
      detail: `${load.rows} keys were staged and the server merged ${merged}`,
    })
}

/** Errors of the server about rows and columns need to say of which table. */
async function speakingOf(tools: LoadTools, table: TableShape, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const columns = table.columns.flatMap(({ name }) => [
      name,
      tools.prepared.table(table).columns.get(name)?.name ?? name,
    ])
    const told = toPostgresError(error, { displayUrl: tools.displayUrl, table: table.name, columns })
    if (told.code === 'DESTINATION_SHAPE') tools.prepared.forget()
    if (told.code === 'DESTINATION_SHAPE' || told.code === 'DESTINATION_REFUSED_ROWS') throw told
    throw error
  }
}
