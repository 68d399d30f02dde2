import type { PeriodUnit } from '../../model/plan.ts'
import type { LoadRequest, PeriodCounter } from '../destination.ts'
import type { PostgresConnection } from './connection.ts'

type WithPeriod = PeriodCounter & { readonly period: string }

/**
 * Holds the counters' periods in place until the transaction ends: loads side by side share the lock, a sweep waits for them.
 * @returns whether every stored period is the one the rows were computed for
 */
export async function periodsStand(
  connection: PostgresConnection,
  periods: LoadRequest['periods'],
): Promise<boolean> {
  for (const counter of inOrder(periods)) {
    await lockPeriod(connection, counter, 'shared')
    if ((await readPeriod(connection, counter)) !== counter.period) return false
  }
  return true
}

/**
 * Locks one counter's period. Not its row: those who share a row's lock pass by whoever waits to have it alone, and a sweep might wait
 * for as long as loads keep coming; this lock is had in the order it is asked for.
 */
export async function lockPeriod(
  connection: PostgresConnection,
  { table, column }: PeriodCounter,
  how: 'shared' | 'alone',
): Promise<void> {
  const lock = how === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock'
  await connection.rows(`select pg_catalog.${lock}(pg_catalog.hashtextextended($1, 0))`, [
    `cauce:period:${JSON.stringify([connection.schema, table, column])}`,
  ])
}

/** The stored periods, those not stored yet being given. Looks first, so that a sweep under way is not waited for. */
export async function storedPeriods(
  connection: PostgresConnection,
  counters: readonly PeriodCounter[],
  initial: Readonly<Record<PeriodUnit, string>>,
): Promise<readonly WithPeriod[]> {
  const stored: WithPeriod[] = []
  for (const counter of counters) {
    let period = await readPeriod(connection, counter)
    if (period === undefined) {
      await createPeriod(connection, { ...counter, period: initial[counter.unit] })
      // A rival may have been first; then its word counts.
      period = await readPeriod(connection, counter)
    }
    stored.push({ ...counter, period: period ?? initial[counter.unit] })
  }
  return stored
}

/** One counter's period; undefined where none is stored. */
export async function readPeriod(
  connection: PostgresConnection,
  { table, column }: PeriodCounter,
): Promise<string | undefined> {
  const [row] = await connection.rows(
    'select period from cauce_periods where table_name = $1 and column_name = $2',
    [table, column],
  )
  return row?.['period'] ?? undefined
}

/** Stores a period where none is stored. */
async function createPeriod(
  connection: PostgresConnection,
  { table, column, period }: WithPeriod,
): Promise<void> {
  await connection.write(
    'insert into cauce_periods (table_name, column_name, period) values ($1, $2, $3) on conflict do nothing',
    [table, column, period],
  )
}

/** One order for all, so that loads and sweeps wait for each other and never cross. */
export function inOrder<Counter extends PeriodCounter>(counters: readonly Counter[]): readonly Counter[] {
  const place = ({ table, column }: PeriodCounter): string => JSON.stringify([table, column])
  return counters.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}
