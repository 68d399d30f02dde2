import { CauceError } from '../../model/cauce-error.ts'
import type { LoadHooks, LoadRecord, LoadRequest, LoadResult, StagedRows, TableLoad } from '../destination.ts'
import { checkCounts } from '../check-counts.ts'
import type { Refusal, Taken } from '../guard-rules.ts'
import type { MysqlConnection } from './connection.ts'
import { toMysqlError } from './errors.ts'
import { writeGuard } from './guard.ts'
import { loadFile } from './load-data.ts'
import type { LoadTools } from './load-tools.ts'
import { periodsStand } from './periods.ts'
import { proveStage } from './proof.ts'
import { quoteName } from './quote.ts'
import { remergeTable, replacedReader } from './remerge-table.ts'
import { removeRows } from './remove-rows.ts'
import { markReplayed } from './replay-marks.ts'
import { replaceReport, tellReplaced } from './report.ts'
import type { PreparedTable } from './shape.ts'
import { createStage, dropStage, stageName } from './stage.ts'
import { isReplaced, takePlace } from './take-place.ts'
import { upsertSql } from './upsert-sql.ts'
import { judgeWarnings } from './warnings.ts'

/** How far a transaction has come: while it waits for rivals it holds nothing that others need. */
export interface Progress {
  waiting: boolean
}

/**
 * Everything of a load between START TRANSACTION and COMMIT, in the order all loads keep: guard, periods, replay marks, rows that
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
    await speakingOf(tools, told.table.name, async () =>
      tellReplaced(connection, told, await prepared.table(connection, told.table), replaced),
    )
  if (report !== undefined)
    await speakingOf(tools, report.table.name, async () =>
      replaceReport(connection, report, await prepared.table(connection, report.table)),
    )
}

async function takeGuard(connection: MysqlConnection, request: LoadRequest): Promise<Refusal | Taken> {
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
      await speakingOf(tools, table.name, async () =>
        remergeTable(tools, table, await tools.prepared.table(tools.connection, table), {
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
  await speakingOf(tools, table.name, async () =>
    removeRows(connection, table, await tools.prepared.table(connection, table), replaced),
  )
}

interface Staging {
  readonly stage: string
  readonly item: string
}

async function loadTable(tools: LoadTools, load: TableLoad, staging: Staging): Promise<void> {
  const { connection, infile } = tools
  await speakingOf(tools, load.name, async () => {
    const prepared = await tools.prepared.table(connection, load)
    checkFractions(load, prepared)
    if (load.mode === 'upsert') return mergeTable(tools, load, prepared, staging)
    if (load.mode === 'replace') await connection.write(`DELETE FROM ${quoteName(prepared.name)}`)
    const columns = load.columns.map(({ name }) => prepared.columns.get(name)?.name ?? name)
    await loadFile(
      connection,
      { forTable: load.name, table: prepared.name, columns, path: load.path, rows: load.rows },
      infile,
    )
  })
}

/** Staged, proven, and then merged in one statement; every staged row was inserted, changed or found equal. */
async function mergeTable(
  { connection, infile }: LoadTools,
  load: TableLoad,
  prepared: PreparedTable,
  { stage, item }: Staging,
): Promise<void> {
  const columns = load.columns.flatMap(({ name }) => prepared.columns.get(name) ?? [])
  await createStage(connection, stage, columns)
  const { name: forTable, path, rows } = load
  await loadFile(
    connection,
    { forTable, table: stage, columns: columns.map(({ name }) => name), path, rows },
    infile,
  )
  if (rows > 0) {
    await proveStage(connection, load, prepared, stage)
    const { info, warnings } = await connection.write(upsertSql(load, prepared, { stage, item }))
    await judgeWarnings(connection, forTable, warnings)
    const merged = Number(/Records: (\d+)/.exec(info)?.[1])
    if (merged !== rows)
      throw new CauceError('ACCOUNTING_MISMATCH', {
        table: forTable,
        detail: `${rows} keys were staged and the server merged ${merged}`,
      })
  }
  await dropStage(connection, stage)
}

/** A DATETIME or TIME without room for fractions would round them off without a word. */
function checkFractions({ name, fractions }: TableLoad, prepared: PreparedTable): void {
  const column = fractions.find((candidate) => prepared.columns.get(candidate)?.fractionDigits === 0)
  if (column !== undefined)
    throw new CauceError('DESTINATION_REFUSED_ROWS', {
      table: name,
      detail: `column ${column}: fractions of a second, which the column does not keep`,
    })
}

/** Errors of the server about rows and columns need to say of which table. */
async function speakingOf(tools: LoadTools, table: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { code } = toMysqlError(error, { displayUrl: tools.displayUrl, table })
    if (code === 'DESTINATION_SHAPE') tools.prepared.forget()
    if (code === 'DESTINATION_SHAPE' || code === 'DESTINATION_REFUSED_ROWS')
      throw toMysqlError(error, { displayUrl: tools.displayUrl, table })
    throw error
  }
}
