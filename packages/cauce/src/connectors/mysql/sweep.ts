import type { PeriodCounter, PeriodSweep, StagedCounter } from '../destination.ts'
import type { MysqlConnection } from './connection.ts'
import { toMysqlError } from './errors.ts'
import { readTable, type ExistingTable } from './existing-table.ts'
import { loadFile } from './load-data.ts'
import type { InfileChoice } from './load-tools.ts'
import { inOrder, lockPeriod, storedPeriods } from './periods.ts'
import { quoteName } from './quote.ts'
import { readDetail } from './read-detail.ts'
import { createStage, dropStage } from './stage.ts'

/** Loads hold the shared lock until they end; a big one may take minutes. */
const SWEEP_WAIT_SECONDS = 600

export interface SweepTools {
  readonly connection: MysqlConnection
  readonly infile: InfileChoice
  readonly displayUrl: string
  readonly lockWaitSeconds: number
}

/** What the caller's own part of a sweep failed with, to be handed back as it is. */
export class RecomputeFailed extends Error {
  override readonly name = 'RecomputeFailed'
}

/** Moves counters to their new periods, all in one transaction; loads wait meanwhile, and then find their periods moved. */
export async function sweepCounters(tools: SweepTools, sweep: PeriodSweep): Promise<void> {
  const { connection } = tools
  const counters = inOrder(sweep.counters)
  // Only rows that are there can be locked. An empty period is older than any.
  await storedPeriods(connection, counters, { year: '', month: '' })
  await connection.write(`SET SESSION innodb_lock_wait_timeout = ${SWEEP_WAIT_SECONDS}`)
  await connection.write('START TRANSACTION')
  const moving: PeriodCounter[] = []
  for (const counter of counters) {
    const wanted = sweep.periods[counter.unit]
    const stored = (await lockPeriod(connection, counter, 'FOR UPDATE')) ?? ''
    if (stored !== wanted && (sweep.mayGoBack || stored < wanted)) moving.push(counter)
  }
  for (const [position, counter] of moving.entries()) {
    const staged = await recompute(tools, sweep, counter)
    await replaceCounter(tools, { counter, staged, stage: `cauce_sweep_${position}` })
    await connection.write('UPDATE cauce_periods SET period = ? WHERE table_name = ? AND column_name = ?', [
      sweep.periods[counter.unit],
      counter.table,
      counter.column,
    ])
  }
  await connection.write('COMMIT')
  await connection.write(`SET SESSION innodb_lock_wait_timeout = ${tools.lockWaitSeconds}`)
}

async function recompute(
  { connection, displayUrl }: SweepTools,
  sweep: PeriodSweep,
  counter: PeriodCounter,
): Promise<StagedCounter> {
  try {
    return await sweep.recompute(counter, async (request) => {
      try {
        return await readDetail(connection, request)
      } catch (error) {
        throw toMysqlError(error, { displayUrl, table: request.table })
      }
    })
  } catch (error) {
    throw new RecomputeFailed('the new counters could not be computed', { cause: error })
  }
}

interface NewCounter {
  readonly counter: PeriodCounter
  readonly staged: StagedCounter
  readonly stage: string
}

/** Every key gets its new count, those that are not staged 0; rows that have it already are left alone. */
async function replaceCounter(
  { connection, infile }: SweepTools,
  { counter, staged: { shape, path, rows }, stage }: NewCounter,
): Promise<void> {
  const table = await readTable(connection, shape.name)
  if (table === undefined) return
  const columns = shape.columns.flatMap((column) => columnOf(table, column.name) ?? [])
  const key = shape.key.map((name) => columnOf(table, name)?.name ?? name)
  await dropStage(connection, stage)
  await createStage(connection, stage, columns, key)
  const names = columns.map(({ name }) => name)
  await loadFile(connection, { forTable: shape.name, table: stage, columns: names, path, rows }, infile)
  const value = quoteName(columnOf(table, counter.column)?.name ?? counter.column)
  const [target, source] = [quoteName(table.name), quoteName(stage)]
  const join = key.map((name) => `${source}.${quoteName(name)} = ${target}.${quoteName(name)}`).join(' AND ')
  await connection.write(
    `UPDATE ${target} LEFT JOIN ${source} ON ${join} SET ${target}.${value} = COALESCE(${source}.${value}, 0)
    WHERE NOT (${target}.${value} <=> COALESCE(${source}.${value}, 0))`,
  )
  await dropStage(connection, stage)
}

function columnOf(table: ExistingTable, name: string): ExistingTable['columns'][number] | undefined {
  return table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
}
