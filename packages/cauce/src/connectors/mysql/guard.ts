import { loadRecordOf } from '../load-record.ts'
import type { LoadRecord, LoadRequest } from '../destination.ts'
import { explainRefusal, type GuardTable, refuseContent, refuseItem, type Refusal } from '../guard-rules.ts'
import type { MysqlConnection, SqlRow } from './connection.ts'
import { isDuplicateKey } from './errors.ts'
import { quoteText } from './quote.ts'

/**
 * Writes the guard row of a load that takes nobody's place, first of all in the transaction. While a rival's row for the same
 * load, name or bytes is not committed this waits for the rival's end, and then knows.
 * @returns why the load must not go on; undefined: it is ours
 */
export async function writeGuard(
  connection: MysqlConnection,
  request: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<Refusal | undefined> {
  try {
    await insertGuard(connection, request)
    return undefined
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return explainRefusal(guardTable(connection), request)
  }
}

export async function insertGuard(
  connection: MysqlConnection,
  { record, duplicates }: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<void> {
  const { loadKey, pipeline, item, sha256, generation, counts, originLoad } = record
  // A table of an earlier version has no such column, and loads that mend nothing need none.
  const [column, mark] = originLoad === undefined ? ['', ''] : [', origin_load', ', ?']
  await connection.write(
    `INSERT INTO cauce_loads (load_key, pipeline, item, sha256, generation, rows_read, rows_loaded, rows_rejected, rows_skipped, warnings, committed_at, refuse_item, refuse_content${column})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6), ?, ?${mark})`,
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
      ...(originLoad === undefined ? [] : [originLoad]),
    ],
  )
}

/** The committed load with a key, also a replaced one. */
export async function findGuard(
  connection: MysqlConnection,
  loadKey: string,
): Promise<LoadRecord | undefined> {
  return findBy(connection, 'load_key', loadKey)
}

/** The load whose rows stand for an item now. */
export async function findCurrent(
  connection: MysqlConnection,
  record: LoadRecord,
  lock?: 'FOR UPDATE',
): Promise<LoadRecord | undefined> {
  return findBy(connection, 'refuse_item', refuseItem(record), lock)
}

function guardTable(connection: MysqlConnection): GuardTable {
  return {
    byKey: async (loadKey) => findGuard(connection, loadKey),
    current: async (record) => findCurrent(connection, record),
    alike: async (record) => findAlike(connection, record),
  }
}

/** The load of the same bytes that forbids them under other names. */
export async function findAlike(
  connection: MysqlConnection,
  record: LoadRecord,
): Promise<LoadRecord | undefined> {
  return findBy(connection, 'refuse_content', refuseContent(record))
}

/** All columns are asked for by `*`: a table of an earlier version has fewer, and whoever asks takes them as absent. */
export async function findBy(
  connection: MysqlConnection,
  column: 'load_key' | 'refuse_item' | 'refuse_content',
  value: string,
  lock: 'FOR UPDATE' | 'LOCK IN SHARE MODE' | '' = '',
): Promise<LoadRecord | undefined> {
  const [row] = await connection.rows(`SELECT * FROM cauce_loads WHERE ${column} = ? ${lock}`, [value])
  return row === undefined ? undefined : loadRecordOf(row)
}

const KEYS_PER_STATEMENT = 500

/** Loads by their keys, in the order they were committed. */
export async function loadsByKey(
  connection: MysqlConnection,
  loadKeys: readonly string[],
): Promise<readonly LoadRecord[]> {
  const found: SqlRow[] = []
  for (let from = 0; from < loadKeys.length; from += KEYS_PER_STATEMENT) {
    const part = loadKeys.slice(from, from + KEYS_PER_STATEMENT)
    const rows = await connection.rows(
      `SELECT * FROM cauce_loads WHERE load_key IN (${part.map(quoteText).join(', ')})`,
    )
    found.push(...rows)
  }
  const place = (row: SqlRow): string => `${row['committed_at']} ${row['load_key']}`
  return found.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)).map(loadRecordOf)
}
