import type { LoadRecord, LoadRequest } from '../destination.ts'
import { explainRefusal, type GuardTable, refuseContent, refuseItem, type Refusal } from '../guard-rules.ts'
import { loadRecordOf } from '../load-record.ts'
import type { PostgresConnection } from './connection.ts'

/**
 * Writes the guard row of a load that takes nobody's place, first of all in the transaction. While a rival's row for the same
 * load, name or bytes is not committed this waits for the rival's end, and then knows.
 * @returns why the load must not go on; undefined: it is ours
 */
export async function writeGuard(
  connection: PostgresConnection,
  request: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<Refusal | undefined> {
  return (await insertGuard(connection, request))
    ? undefined
    : explainRefusal(guardTable(connection), request)
}

/** Inserts the row unless another is in its way: an error would spoil the whole transaction. @returns whether it is in */
export async function insertGuard(
  connection: PostgresConnection,
  { record, duplicates }: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<boolean> {
  const { loadKey, pipeline, item, sha256, generation, counts, originLoad } = record
  const inserted = await connection.write(
    `insert into cauce_loads (load_key, pipeline, item, sha256, generation, rows_read, rows_loaded, rows_rejected, rows_skipped, warnings, committed_at, refuse_item, refuse_content, origin_load)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp() at time zone 'UTC', $11, $12, $13) on conflict do nothing`,
    [
      loadKey,
      pipeline,
      item,
      sha256,
      generation,
      counts.read,
      counts.loaded,
      counts.rejected,
      counts.skipped,
      counts.warnings,
      refuseItem(record),
      duplicates === 'refuse' ? refuseContent(record) : null,
      originLoad ?? null,
    ],
  )
  return inserted === 1
}

/** The committed load with a key, also a replaced one. */
export async function findGuard(
  connection: PostgresConnection,
  loadKey: string,
): Promise<LoadRecord | undefined> {
  return findBy(connection, 'load_key', loadKey)
}

/** The load whose rows stand for an item now. */
export async function findCurrent(
  connection: PostgresConnection,
  record: LoadRecord,
  lock?: 'for update',
): Promise<LoadRecord | undefined> {
  return findBy(connection, 'refuse_item', refuseItem(record), lock)
}

function guardTable(connection: PostgresConnection): GuardTable {
  return {
    byKey: async (loadKey) => findGuard(connection, loadKey),
    current: async (record) => findCurrent(connection, record),
    alike: async (record) => findAlike(connection, record),
  }
}

/** The load of the same bytes that forbids them under other names. */
export async function findAlike(
  connection: PostgresConnection,
  record: LoadRecord,
): Promise<LoadRecord | undefined> {
  return findBy(connection, 'refuse_content', refuseContent(record))
}

export async function findBy(
  connection: PostgresConnection,
  column: 'load_key' | 'refuse_item' | 'refuse_content',
  value: string,
  lock: 'for update' | 'for share' | '' = '',
): Promise<LoadRecord | undefined> {
  const [row] = await connection.rows(`select * from cauce_loads where ${column} = $1 ${lock}`, [value])
  return row === undefined ? undefined : loadRecordOf(row)
}

/** Loads by their keys, in the order they were committed. */
export async function loadsByKey(
  connection: PostgresConnection,
  loadKeys: readonly string[],
): Promise<readonly LoadRecord[]> {
  const rows = await connection.rows(
    'select * from cauce_loads where load_key = any($1) order by committed_at, load_key',
    [loadKeys],
  )
  return rows.map((row) => loadRecordOf(row))
}
