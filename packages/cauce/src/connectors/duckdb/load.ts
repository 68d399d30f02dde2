import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LoadHooks, LoadRequest, LoadResult, TableLoad } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { expectRows } from './accounting.ts'
import type { DuckdbConnection, StagedFiles } from './connection.ts'
import { toDuckdbError } from './errors.ts'
import { selectLoad, writeGuard } from './guard.ts'
import { rollBack } from './in-transaction.ts'
import { loadTable } from './load-table.ts'
import { periodsStand } from './periods.ts'
import { markReplayed } from './replays.ts'
import { replaceReport } from './report.ts'

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
    if (found !== undefined) return { kind: 'loaded' }
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
class UnsettledCommit extends Error {}

async function loadOnce(
  database: Engine,
  request: LoadRequest,
  hooks: LoadHooks,
  displayUrl: string,
): Promise<LoadResult> {
  const { signal } = hooks
  const interrupt = (): void => database.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    await database.run('BEGIN TRANSACTION')
    const refusal = await fillTransaction(database, request, hooks, displayUrl)
    if (refusal !== undefined) {
      await rollBack(database)
      return refusal
    }
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
    throw new UnsettledCommit('COMMIT failed', { cause: error })
  }
  hooks.at('after-commit')
  return { kind: 'loaded' }
}

/** Everything between BEGIN and COMMIT; a result means: roll back, and that is why. */
async function fillTransaction(
  database: Engine,
  { record, replayed, periods, tables, report }: LoadRequest,
  { at, onRows, signal }: LoadHooks,
  displayUrl: string,
): Promise<LoadResult | undefined> {
  at('before-guard')
  const refusal = await writeGuard(database, record)
  if (refusal !== undefined) return refusal
  at('after-guard')
  const taken = await markReplayed(database, replayed, record.loadKey)
  if (taken.length > 0) return { kind: 'already_replayed', rows: taken }
  if (!(await periodsStand(database, periods))) return { kind: 'period_moved' }
  const atTable = async (table: string, work: () => Promise<void>): Promise<void> => {
    signal.throwIfAborted()
    try {
      await work()
    } catch (error) {
      throw toDuckdbError(error, { displayUrl, table })
    }
  }
  for (const table of tables) {
    await atTable(table.name, async () => loadTable(database, table, record.item))
    onRows(table.name, table.rows)
  }
  at('after-tables')
  if (report !== undefined) await atTable(report.table.name, async () => replaceReport(database, report))
  const { read, loaded, rejected, skipped } = record.counts
  expectRows('cauce_loads', 'rows read', read, loaded + rejected + skipped)
  return undefined
}
