import type { PeriodCounter } from '../destination.ts'
import type { PeriodUnit } from '../../model/plan.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'
import { tableName } from './names.ts'

const PERIODS = tableName('cauce_periods')

export type StoredPeriod = PeriodCounter & { readonly period: string }

/** The counters that have a period stored, with it, in the order given. */
export async function selectPeriods<Counter extends PeriodCounter>(
  database: Engine,
  counters: readonly Counter[],
): Promise<readonly (Counter & { readonly period: string })[]> {
  const rows = await database.rows(`SELECT table_name, column_name, period FROM ${PERIODS}`)
  return counters.flatMap((counter) => {
    const row = rows.find(
      (candidate) => candidate['table_name'] === counter.table && candidate['column_name'] === counter.column,
    )
    return row === undefined ? [] : [{ ...counter, period: String(row['period']) }]
  })
}

/** Whether every counter still stands at the period its staged values were computed for. */
export async function periodsStand(database: Engine, expected: readonly StoredPeriod[]): Promise<boolean> {
  if (expected.length === 0) return true
  const bare = expected.map(({ table, column, unit }) => ({ table, column, unit }))
  const stored = await selectPeriods(database, bare)
  return (
    stored.length === expected.length &&
    stored.every(({ period }, index) => period === expected[index]?.period)
  )
}

/** Stores the period of a counter, whether or not it had one. */
export async function storePeriod(
  database: Engine,
  { table, column }: PeriodCounter,
  period: string,
): Promise<void> {
  const [tableText, columnText] = [quoteText(table), quoteText(column)]
  await database.run(`DELETE FROM ${PERIODS} WHERE table_name = ${tableText} AND column_name = ${columnText}`)
  await database.run(
    `INSERT INTO ${PERIODS} (table_name, column_name, period) VALUES (${tableText}, ${columnText}, ${quoteText(period)})`,
  )
}

/** Stores the initial period of each counter that has none. */
export async function storeInitialPeriods(
  database: Engine,
  counters: readonly PeriodCounter[],
  initial: Readonly<Record<PeriodUnit, string>>,
): Promise<void> {
  const stored = await selectPeriods(database, counters)
  for (const counter of counters)
    if (!stored.some(({ table, column }) => table === counter.table && column === counter.column))
      await storePeriod(database, counter, initial[counter.unit])
}
