import { sha256Hex } from '../../model/load-key.ts'
import type { LoadRecord, LoadResult } from '../destination.ts'
import type { MysqlConnection, SqlRow } from './connection.ts'
import { isDuplicateKey } from './errors.ts'

/** Why a load need not or must not happen. */
export type Refusal = Extract<LoadResult, { kind: 'already_loaded' | 'duplicate' | 'refused' }>

/** A rival's guard was in our way and is gone again: the whole transaction is to be done again. */
export class GuardMoved extends Error {
  override readonly name = 'GuardMoved'
}

/**
 * Writes the guard row, first of all in the transaction. While a rival's row for the same load, name or bytes is not committed
 * this waits for the rival's end, and then knows.
 * @returns why the load must not go on; undefined: it is ours
 */
export async function writeGuard(
  connection: MysqlConnection,
  record: LoadRecord,
): Promise<Refusal | undefined> {
  try {
    await insertGuard(connection, record)
    return undefined
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return explainRefusal(connection, record)
  }
}

export async function insertGuard(connection: MysqlConnection, record: LoadRecord): Promise<void> {
  const { loadKey, pipeline, item, sha256, generation, counts } = record
  await connection.write(
    `INSERT INTO cauce_loads (load_key, pipeline, item, sha256, generation, rows_read, rows_loaded, rows_rejected, rows_skipped, warnings, committed_at, refuse_item, refuse_content)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6), ?, ?)`,
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
      refuseContent(record),
    ],
  )
}

/** The committed load with a key. */
export async function findGuard(
  connection: MysqlConnection,
  loadKey: string,
): Promise<LoadRecord | undefined> {
  return findBy(connection, 'load_key', loadKey)
}

/** The name weighs more than the bytes: where both are known, but not together, a person must look. */
async function explainRefusal(connection: MysqlConnection, record: LoadRecord): Promise<Refusal> {
  const same = await findGuard(connection, record.loadKey)
  if (same !== undefined) return { kind: 'already_loaded', counts: same.counts }
  const named = await findBy(connection, 'refuse_item', refuseItem(record))
  if (named !== undefined)
    return named.sha256 === record.sha256
      ? { kind: 'already_loaded', counts: named.counts }
      : { kind: 'refused', loadedSha256: named.sha256 }
  const alike = await findBy(connection, 'refuse_content', refuseContent(record))
  if (alike !== undefined) return { kind: 'duplicate', otherItem: alike.item }
  throw new GuardMoved('a rival gave up')
}

async function findBy(
  connection: MysqlConnection,
  column: 'load_key' | 'refuse_item' | 'refuse_content',
  value: string,
): Promise<LoadRecord | undefined> {
  const [row] = await connection.rows(
    `SELECT load_key, pipeline, item, sha256, generation, rows_read, rows_loaded, rows_rejected, rows_skipped, warnings FROM cauce_loads WHERE ${column} = ?`,
    [value],
  )
  return row === undefined ? undefined : recordOf(row)
}

function recordOf(row: SqlRow): LoadRecord {
  return {
    loadKey: String(row['load_key']),
    pipeline: String(row['pipeline']),
    item: String(row['item']),
    sha256: String(row['sha256']),
    generation: Number(row['generation']),
    counts: {
      read: Number(row['rows_read']),
      loaded: Number(row['rows_loaded']),
      rejected: Number(row['rows_rejected']),
      skipped: Number(row['rows_skipped']),
      warnings: Number(row['warnings']),
    },
  }
}

function refuseItem({ pipeline, item }: LoadRecord): string {
  return sha256Hex(JSON.stringify([pipeline, item]))
}

function refuseContent({ pipeline, sha256 }: LoadRecord): string {
  return sha256Hex(JSON.stringify([pipeline, sha256]))
}
