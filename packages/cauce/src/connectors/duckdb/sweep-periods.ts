import { dirname } from 'node:path'
import type { PeriodCounter, PeriodSweep, ReadDetail, StagedCounter } from '../destination.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { quoteName, quoteText } from '../../plan/duckdb/quote.ts'
import { expectRows } from './accounting.ts'
import type { DuckdbConnection } from './connection.ts'
import { inTransaction } from './in-transaction.ts'
import { columnList, tableName } from './names.ts'
import { selectPeriods, storePeriod } from './periods.ts'

/** Moves counters to a new period, all in one transaction; nobody else has the file meanwhile. */
export async function sweepPeriods(connection: DuckdbConnection, sweep: PeriodSweep): Promise<void> {
  await connection.writingUnlocked(async (database, lock) =>
    inTransaction(database, async () => {
      const readDetail: ReadDetail = async (request) => {
        await lock(dirname(request.path))
        return { rows: await database.run(detailSql(request)) }
      }
      const stored = await selectPeriods(database, sweep.counters)
      for (const counter of sweep.counters) {
        const period = sweep.periods[counter.unit]
        const held = stored.find(({ table, column }) => table === counter.table && column === counter.column)
        if (held !== undefined && !moves(held.period, period, sweep.mayGoBack)) continue
        const staged = await sweep.recompute(counter, readDetail)
        await lock(dirname(staged.path))
        await replaceCounter(database, counter, staged)
        await storePeriod(database, counter, period)
      }
    }),
  )
}

function moves(stored: string, period: string, mayGoBack: boolean): boolean {
  return mayGoBack ? stored !== period : stored < period
}

/** `from` and `until` bound the period: the first belongs to it, the second does not. */
function detailSql({ table, columns, dated, from, until, path }: Parameters<ReadDetail>[0]): string {
  const date = `coalesce(${columnList(dated)})`
  return `COPY (SELECT ${columnList(columns)} FROM ${tableName(table)} WHERE ${date} >= CAST(${quoteText(from)} AS TIMESTAMP)
    AND ${date} < CAST(${quoteText(until)} AS TIMESTAMP)) TO ${quoteText(path)} (FORMAT parquet)`
}

/** Keys that have rows in the period get their count, all others 0. */
async function replaceCounter(
  database: Engine,
  { table, column }: PeriodCounter,
  { shape, path, rows }: StagedCounter,
): Promise<void> {
  const name = tableName(table)
  const counter = quoteName(column)
  await database.run(`UPDATE ${name} SET ${counter} = 0 WHERE ${counter} IS DISTINCT FROM 0`)
  const matches = shape.key.map((key) => `stored.${quoteName(key)} = staged.${quoteName(key)}`)
  const updated = await database.run(
    `UPDATE ${name} AS stored SET ${counter} = staged.${counter} FROM read_parquet(${quoteText(path)}) AS staged WHERE ${matches.join(' AND ')}`,
  )
  expectRows(table, `keys given their ${column}`, updated, rows)
}
