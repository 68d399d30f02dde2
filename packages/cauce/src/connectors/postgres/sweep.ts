import type { PeriodCounter, PeriodSweep, StagedCounter } from '../destination.ts'
import type { PostgresConnection } from './connection.ts'
import { copyFile } from './copy-file.ts'
import { toPostgresError } from './errors.ts'
import { columnNamed, readTable } from './existing-table.ts'
import type { LoadTools } from './load-tools.ts'
import { inOrder, lockPeriod, readPeriod, storedPeriods } from './periods.ts'
import { quoteName } from './quote.ts'
import { readDetail } from './read-detail.ts'
import { createStage, plainColumns } from './stage.ts'

/** Loads hold the shared lock until they end; a big one may take minutes. */
const SWEEP_WAIT_SECONDS = 600

/** What the caller's own part of a sweep failed with, to be handed back as it is. */
export class RecomputeFailed extends Error {
  override readonly name = 'RecomputeFailed'
}

/** Moves counters to their new periods, in the transaction under way; loads wait meanwhile, and then find their periods moved. */
export async function sweepCounters(tools: LoadTools, sweep: PeriodSweep): Promise<void> {
  const { connection } = tools
  const counters = inOrder(sweep.counters)
  await connection.write(`set local lock_timeout = '${SWEEP_WAIT_SECONDS}s'`)
  for (const counter of counters) await lockPeriod(connection, counter, 'alone')
  // An empty period is older than any.
  await storedPeriods(connection, counters, { year: '', month: '' })
  const moving: PeriodCounter[] = []
  for (const counter of counters) {
    const wanted = sweep.periods[counter.unit]
    const stored = (await readPeriod(connection, counter)) ?? ''
    if (stored !== wanted && (sweep.mayGoBack || stored < wanted)) moving.push(counter)
  }
  for (const [position, counter] of moving.entries()) {
    const staged = await recompute(tools, sweep, counter)
    await replaceCounter(connection, { counter, staged, name: `cauce_sweep_${position}` })
    await connection.write(
      'update cauce_periods set period = $1 where table_name = $2 and column_name = $3',
      [sweep.periods[counter.unit], counter.table, counter.column],
    )
  }
}

async function recompute(
  { connection, displayUrl }: LoadTools,
  sweep: PeriodSweep,
  counter: PeriodCounter,
): Promise<StagedCounter> {
  try {
    return await sweep.recompute(counter, async (request) => {
      try {
        return await readDetail(connection, request)
      } catch (error) {
        throw toPostgresError(error, { displayUrl, table: request.table })
      }
    })
  } catch (error) {
    throw new RecomputeFailed('the new counters could not be computed', { cause: error })
  }
}

interface NewCounter {
  readonly counter: PeriodCounter
  readonly staged: StagedCounter
  /** Of the staging table. */
  readonly name: string
}

/** Every key gets its new count, those that are not staged 0; rows that have it already are left alone. */
async function replaceCounter(
  connection: PostgresConnection,
  { counter, staged: { shape, path, rows }, name }: NewCounter,
): Promise<void> {
  const table = await readTable(connection, shape.name)
  if (table === undefined) return
  const columns = shape.columns.flatMap((column) => columnNamed(table, column.name) ?? [])
  const stage = await createStage(connection, name, plainColumns(columns))
  const names = columns.map((column) => column.name)
  await copyFile(connection, { forTable: shape.name, table: stage, columns: names, path, rows })
  await connection.write(`analyze ${stage}`)
  const value = quoteName(columnNamed(table, counter.column)?.name ?? counter.column)
  const key = shape.key.map((column) => quoteName(columnNamed(table, column)?.name ?? column))
  const same = (one: string, other: string): string =>
    key.map((column) => `${one}.${column} = ${other}.${column}`).join(' and ')
  await connection.write(
    `update ${table.sql} as _cauce_row set ${value} = coalesce(_cauce_new.${value}, 0)
    from ${table.sql} as _cauce_old left join ${stage} as _cauce_new on ${same('_cauce_old', '_cauce_new')}
    where ${same('_cauce_row', '_cauce_old')} and _cauce_row.${value} is distinct from coalesce(_cauce_new.${value}, 0)`,
  )
}
