import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LoadHooks, LoadRecord, LoadRequest, LoadResult, StagedRows, TableLoad } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { expectRows } from './accounting.ts'
import type { DuckdbConnection, StagedFiles } from './connection.ts'
import { toDuckdbError } from './errors.ts'
import { selectLoad, type Taken, writeGuard } from './guard.ts'
import { rollBack } from './in-transaction.ts'
import { loadTable } from './load-table.ts'
import { periodsStand } from './periods.ts'
import { detailReader, remergeTable } from './remerge-table.ts'
import { removeRows } from './remove-rows.ts'
import { markReplayed } from './replays.ts'
import { replaceReport, tellReplaced } from './report.ts'

/** Loads one item in one transaction of the file, opened for it and closed after it. */
export async function load(
  connection: DuckdbConnection,
  request: LoadRequest,
  hooks: LoadHooks,
  displayUrl: string,
): Promise<LoadResult> {
  const { tables, record } = request
  const staged = await stagedFiles(tables)
  try {
    return await connection.writing(async (database) => loadOnce(database, request, hooks, displayUrl), {
      signal: hooks.signal,
      ...(staged === undefined ? {} : { staged }),
    })
  } catch (error) {
    if (!(error instanceof UnsettledCommit)) throw error
    // COMMIT failed, which may still have happened after the point of no return: ask, never assume.
    const found = await connection.reading(async (database) => selectLoad(database, record.loadKey))
    if (found !== undefined && found.replacedBy === undefined) return loaded(error.replaced)
    throw toDuckdbError(error.cause, { displayUrl })
  }
}

/** Where the staged rows lie, and how many they are; undefined when the load has no tables. */
async function stagedFiles(tables: readonly TableLoad[]): Promise<StagedFiles | undefined> {
  const [first] = tables
  if (first === undefined) return undefined
  const sizes = await Promise.all(
    tables.map(async ({ path, rows }) => (rows === 0 ? 0 : (await stat(path)).size)),
  )
  return {
    folder: dirname(first.path),
    rows: tables.reduce((total, { rows }) => total + rows, 0),
    sizeBytes: sizes.reduce((total, size) => total + size, 0),
  }
}

/** COMMIT rejected; `cause` says why. */
class UnsettledCommit extends Error {
  readonly replaced: readonly LoadRecord[]

  constructor(cause: unknown, replaced: readonly LoadRecord[]) {
    super('COMMIT failed', { cause })
    this.replaced = replaced
  }
}

function loaded(replaced: readonly LoadRecord[]): LoadResult {
  return replaced.length === 0 ? { kind: 'loaded' } : { kind: 'loaded', replaced }
}

async function loadOnce(
  database: Engine,
  request: LoadRequest,
  hooks: LoadHooks,
  displayUrl: string,
): Promise<LoadResult> {
  const { signal } = hooks
  const interrupt = (): void => database.interrupt()
  signal.addEventListener('abort', interrupt)
  let replaced: readonly LoadRecord[]
  try {
    await database.run('BEGIN TRANSACTION')
    const filled = await fillTransaction(database, request, hooks, displayUrl)
    if (filled.kind !== 'taken') {
      await rollBack(database)
      return filled
    }
    replaced = filled.replaced
    hooks.at('before-commit')
    signal.throwIfAborted()
  } catch (error) {
    await rollBack(database)
    // What an interrupted statement says of itself is of no interest.
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
  try {
    await database.run('COMMIT')
  } catch (error) {
    throw new UnsettledCommit(error, replaced)
  }
  hooks.at('after-commit')
  return loaded(replaced)
}

/** Everything between BEGIN and COMMIT; what is not `taken` means: roll back, and that is why. */
async function fillTransaction(
  database: Engine,
  request: LoadRequest,
  hooks: LoadHooks,
  displayUrl: string,
): Promise<Exclude<LoadResult, { kind: 'loaded' }> | Taken> {
  const { record, replayed, periods, report, replacing } = request
  const { at, signal } = hooks
  at('before-guard')
  const taken = await writeGuard(database, request)
  if (taken.kind !== 'taken') return taken
  at('after-guard')
  const marked = await markReplayed(database, replayed, record.loadKey)
  if (marked.length > 0) return { kind: 'already_replayed', rows: marked }
  if (!(await periodsStand(database, periods))) return { kind: 'period_moved' }
  const atTable: AtTable = async (table, work) => {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      throw toDuckdbError(error, { displayUrl, table })
    }
  }
  await loadTables(database, { request, hooks, replaced: taken.replaced, atTable })
  at('after-tables')
  // A reload has the same row in the report as the load it replaces: what became of that one comes first.
  const told = replacing?.report
  if (told !== undefined)
    await atTable(told.table.name, async () => tellReplaced(database, told, taken.replaced))
  if (report !== undefined) await atTable(report.table.name, async () => replaceReport(database, report))
  const { read, loaded: good, rejected, skipped } = record.counts
  expectRows('cauce_loads', 'rows read', read, good + rejected + skipped)
  return taken
}

/** Does work on a table; what goes wrong is told of it. */
type AtTable = <Result>(table: string, work: () => Promise<Result>) => Promise<Result>

/** Takes out what gives way, then brings every table's rows in, in their order. */
async function loadTables(
  database: Engine,
  {
    request: { tables, record, replacing },
    hooks: { at, onRows },
    replaced,
    atTable,
  }: {
    readonly request: LoadRequest
    readonly hooks: LoadHooks
    readonly replaced: readonly LoadRecord[]
    readonly atTable: AtTable
  },
): Promise<void> {
  const remerge = replaced.length === 0 ? undefined : replacing?.remerge
  const touched = new Map<TableLoad, StagedRows>()
  if (remerge !== undefined) {
    const reader = detailReader(database, { replaced })
    for (const table of tables)
      if (table.mode === 'upsert')
        touched.set(table, await atTable(table.name, async () => remerge.touched(table, reader)))
    for (const table of tables)
      if (table.mode === 'append')
        await atTable(table.name, async () => removeRows(database, table, replaced))
    at('after-removal')
  }
  for (const table of tables) {
    const keys = touched.get(table)
    await atTable(table.name, async () => {
      if (remerge === undefined || keys === undefined) return loadTable(database, table, record.item)
      const rows = await remerge.merged(table, detailReader(database, { keys, of: table }))
      return remergeTable(database, table, { keys, rows })
    })
    onRows(table.name, table.rows)
  }
  if (touched.size > 0) at('after-remerge')
}
