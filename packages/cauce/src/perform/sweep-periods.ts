import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import { CauceError } from '../model/cauce-error.ts'
import type { Destination, PeriodCounter, ReadDetail, StagedCounter } from '../connectors/destination.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { duckdbType } from '../plan/duckdb/parse-sql.ts'
import { quoteName } from '../plan/duckdb/quote.ts'
import { stagedRelationSql, stagingSql } from '../plan/duckdb/staging-sql.ts'
import { tableSql } from '../plan/duckdb/table-sql.ts'
import { periodBounds, periodsOf, type PlannedCounter, plannedCounters } from '../plan/periods.ts'
import { tableShape } from './build-tables.ts'
import { detailColumns } from './detail-columns.ts'
import { itemFacts } from './item-facts.ts'
import type { ItemTask, SweepTask } from './task.ts'

/**
 * Moves every counter whose stored period is not the reference date's: reads the new period's rows back from the detail table,
 * runs the merged table's own query over them, and lets the destination replace the counters in one locked transaction.
 */
export async function sweepPeriods(
  task: SweepTask | ItemTask,
  { destination, engine }: { readonly destination: Destination; readonly engine: Engine },
): Promise<void> {
  const counters = plannedCounters(task.plan)
  const periods = periodsOf(task.referenceDate)
  await mkdir(task.spoolFolder, { recursive: true, mode: 0o700 })
  await destination.sweepPeriods({
    counters,
    periods,
    mayGoBack: task.referenceIsExplicit,
    recompute: async (counter, readDetail) => {
      const planned = counters.find(
        ({ table, column }) => table === counter.table && column === counter.column,
      )
      if (planned === undefined) throw new TypeError(`no counter ${counter.column}`)
      return recompute({ task, engine, destination, planned, period: periods[counter.unit], readDetail })
    },
  })
}

/** Whether a sweep is due, asked without locking anything. */
export async function needsSweep(task: SweepTask, destination: Destination): Promise<boolean> {
  const counters: readonly PeriodCounter[] = plannedCounters(task.plan)
  const periods = periodsOf(task.referenceDate)
  const stored = await destination.storedPeriods(counters, periods)
  return stored.some(({ unit, period }) =>
    task.referenceIsExplicit ? period !== periods[unit] : period < periods[unit],
  )
}

interface RecomputeRequest {
  readonly task: SweepTask | ItemTask
  readonly engine: Engine
  readonly destination: Destination
  readonly planned: PlannedCounter
  readonly period: string
  readonly readDetail: ReadDetail
}

async function recompute(request: RecomputeRequest): Promise<StagedCounter> {
  const { task, engine, destination, planned, period, readDetail } = request
  const { plan } = task
  const table = plan.tables.find(({ name }) => name === planned.table)
  const detail = plan.tables.find(({ name }) => name === planned.detail)
  if (table === undefined || detail === undefined)
    throw new CauceError('CONFIG_INVALID', {
      where: `tables.${planned.table}`,
      detail: 'has no detail table',
    })
  const facts = itemFacts({
    item: '',
    sha256: '',
    loadKey: '',
    run: task.run,
    referenceDate: task.referenceDate,
  })
  const columns = await detailColumns(engine, plan, detail)
  const path = join(task.spoolFolder, `detail-${planned.table}-${planned.column}`)
  await readDetail({
    table: planned.detail,
    columns: columns.map(({ name }) => name),
    dated: planned.dated,
    ...periodBounds(period),
    path,
  })
  const { stagingFormat } = destination.capabilities
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE detail AS ${stagedRelationSql(columns, stagingFormat, path)}`,
  )
  await engine.run('CREATE OR REPLACE TEMP VIEW valid AS SELECT *, rowid + 1 AS _record FROM detail')
  const shape = await tableShape({ engine, plan, facts }, table)
  const kept = shape.columns.filter(({ name }) => table.key.includes(name) || name === planned.column)
  const query = `SELECT ${kept.map(({ name, type }) => `CAST(${quoteName(name)} AS ${duckdbType(type)}) AS ${quoteName(name)}`).join(', ')}
FROM (${tableSql(table, plan.contract, facts)})`
  const staged = join(task.spoolFolder, `counter-${planned.table}-${planned.column}`)
  const rows = await engine.run(stagingSql(query, kept, stagingFormat, staged))
  return { shape: { ...shape, columns: kept }, path: staged, rows }
}
