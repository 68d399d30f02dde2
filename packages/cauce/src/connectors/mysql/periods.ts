import type { PeriodUnit } from '../../model/plan.ts'
import type { LoadRequest, PeriodCounter } from '../destination.ts'
import type { MysqlConnection } from './connection.ts'

type WithPeriod = PeriodCounter & { readonly period: string }

/**
 * Holds the counters' periods in place until the transaction ends: loads side by side share the lock, a sweep waits for them.
 * @returns whether every stored period is the one the rows were computed for
 */
export async function periodsStand(
  connection: MysqlConnection,
  periods: LoadRequest['periods'],
): Promise<boolean> {
  for (const counter of inOrder(periods))
    if ((await lockPeriod(connection, counter, 'LOCK IN SHARE MODE')) !== counter.period) return false
  return true
}

/** Locks one counter's row. @returns its period; undefined where none is stored */
export async function lockPeriod(
  connection: MysqlConnection,
  { table, column }: PeriodCounter,
  lock: 'LOCK IN SHARE MODE' | 'FOR UPDATE',
): Promise<string | undefined> {
  const [row] = await connection.rows(
    `SELECT period FROM cauce_periods WHERE table_name = ? AND column_name = ? ${lock}`,
    [table, column],
  )
  return row === undefined ? undefined : String(row['period'])
}

/** The stored periods, those not stored yet being given. Looks first, so that a sweep under way is not waited for. */
export async function storedPeriods(
  connection: MysqlConnection,
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

async function readPeriod(
  connection: MysqlConnection,
  { table, column }: PeriodCounter,
): Promise<string | undefined> {
  const [row] = await connection.rows(
    'SELECT period FROM cauce_periods WHERE table_name = ? AND column_name = ?',
    [table, column],
  )
  return row === undefined ? undefined : String(row['period'])
}

/** Stores a period where none is stored. */
async function createPeriod(
  connection: MysqlConnection,
  { table, column, period }: WithPeriod,
): Promise<void> {
  await connection.write(
    'INSERT INTO cauce_periods (table_name, column_name, period) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE table_name = table_name',
    [table, column, period],
  )
}

/** One order for all, so that loads and sweeps wait for each other and never cross. */
export function inOrder<Counter extends PeriodCounter>(counters: readonly Counter[]): readonly Counter[] {
  const place = ({ table, column }: PeriodCounter): string => JSON.stringify([table, column])
  return counters.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}
