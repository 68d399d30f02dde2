import type { ReplayedRow } from '../destination.ts'
import type { PostgresConnection } from './connection.ts'
import { GuardMoved } from '../guard-rules.ts'

const MARKS_PER_STATEMENT = 10_000

/**
 * Marks rows as replayed; the table's key lets each be marked once, ever.
 * @returns rows somebody else has marked already; none: all are ours
 */
export async function markReplayed(
  connection: PostgresConnection,
  loadKey: string,
  replayed: readonly ReplayedRow[],
): Promise<readonly ReplayedRow[]> {
  // In one order for all, so that two replays of the same rows wait for each other rather than cross.
  const rows = replayed.toSorted(
    (a, b) => a.originLoad.localeCompare(b.originLoad, 'en') || a.record - b.record,
  )
  for (let from = 0; from < rows.length; from += MARKS_PER_STATEMENT) {
    const part = rows.slice(from, from + MARKS_PER_STATEMENT)
    const marked = await connection.write(
      `insert into cauce_replays (origin_load, record, load_key)
      select origin_load, record, $1 from unnest($2::text[], $3::bigint[]) as marks (origin_load, record)
      on conflict do nothing`,
      [loadKey, part.map(({ originLoad }) => originLoad), part.map(({ record }) => record)],
    )
    if (marked !== part.length) return alreadyMarked(connection, rows, loadKey)
  }
  return []
}

async function alreadyMarked(
  connection: PostgresConnection,
  rows: readonly ReplayedRow[],
  loadKey: string,
): Promise<readonly ReplayedRow[]> {
  const origins = new Set(rows.map(({ originLoad }) => originLoad))
  const marked = new Map<string, ReadonlySet<number>>()
  for (const origin of origins) marked.set(origin, await replayedRecords(connection, origin, loadKey))
  const found = rows.filter(({ originLoad, record }) => marked.get(originLoad)?.has(record) === true)
  if (found.length === 0) throw new GuardMoved('a rival replay gave up')
  return found
}

/** Records of a load that were replayed, but for those the load `butFor` marked itself. */
export async function replayedRecords(
  connection: PostgresConnection,
  originLoad: string,
  butFor: string,
): Promise<ReadonlySet<number>> {
  const rows = await connection.rows(
    'select record from cauce_replays where origin_load = $1 and load_key <> $2',
    [originLoad, butFor],
  )
  return new Set(rows.map((row) => Number(row['record'])))
}
