import type { ReplayedRow } from '../destination.ts'
import type { MysqlConnection } from './connection.ts'
import { isDuplicateKey } from './errors.ts'
import { GuardMoved } from '../guard-rules.ts'
import { quoteText } from './quote.ts'

const MARKS_PER_STATEMENT = 1_000

/**
 * Marks rows as replayed; the table's key lets each be marked once, ever.
 * @returns rows somebody else has marked already; none: all are ours
 */
export async function markReplayed(
  connection: MysqlConnection,
  loadKey: string,
  replayed: readonly ReplayedRow[],
): Promise<readonly ReplayedRow[]> {
  // In one order for all, so that two replays of the same rows wait for each other rather than cross.
  const rows = replayed.toSorted(
    (a, b) => a.originLoad.localeCompare(b.originLoad, 'en') || a.record - b.record,
  )
  for (let from = 0; from < rows.length; from += MARKS_PER_STATEMENT) {
    const part = rows.slice(from, from + MARKS_PER_STATEMENT)
    const values = part.map(
      ({ originLoad, record }) => `(${quoteText(originLoad)}, ${record}, ${quoteText(loadKey)})`,
    )
    try {
      await connection.write(
        `INSERT INTO cauce_replays (origin_load, record, load_key) VALUES ${values.join(', ')}`,
      )
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      return alreadyMarked(connection, rows, loadKey)
    }
  }
  return []
}

async function alreadyMarked(
  connection: MysqlConnection,
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
  connection: MysqlConnection,
  originLoad: string,
  butFor: string,
): Promise<ReadonlySet<number>> {
  const rows = await connection.rows(
    'SELECT record FROM cauce_replays WHERE origin_load = ? AND load_key <> ?',
    [originLoad, butFor],
  )
  return new Set(rows.map((row) => Number(row['record'])))
}
