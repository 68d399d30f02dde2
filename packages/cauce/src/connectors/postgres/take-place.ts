import type { LoadRecord, LoadRequest } from '../destination.ts'
import {
  GuardMoved,
  judgePlace,
  refuseContent,
  refuseItem,
  type Refusal,
  type Taken,
} from '../guard-rules.ts'
import { loadRecordOf } from '../load-record.ts'
import type { PostgresConnection } from './connection.ts'
import { isDuplicateKey } from './errors.ts'
import { findAlike, findBy, findCurrent, insertGuard } from './guard.ts'

/** Rivals of the same item take turns at its guard row; more in a row than this are met again by the whole transaction. */
const LOOKS = 3

/**
 * Writes the guard row of a load that may take the place of earlier ones of its item: locks the row of the load that stands for
 * the item now, marks it and the replays of its rejects as replaced, and writes its own, all before any other row is touched.
 */
export async function takePlace(
  connection: PostgresConnection,
  request: LoadRequest,
): Promise<Refusal | Taken> {
  const { record, replacing } = request
  for (let looks = 1; looks <= LOOKS; looks++) {
    const current = await findCurrent(connection, record, 'for update')
    const refusal = judgePlace(current, record, replacing?.loads ?? [])
    if (refusal !== undefined) return refusal
    const own = await findBy(connection, 'load_key', record.loadKey, 'for update')
    if (own !== undefined && own.replacedBy === undefined)
      return { kind: 'already_loaded', counts: own.counts }
    const replaced = current === undefined ? [] : [current, ...(await replaysOf(connection, current))]
    await markReplaced(connection, replaced, record)
    const isIn =
      own === undefined ? await insertGuard(connection, request) : await reviveGuard(connection, request)
    if (isIn) return { kind: 'taken', replaced }
    const alike = request.duplicates === 'refuse' ? await findAlike(connection, record) : undefined
    if (alike !== undefined && alike.item !== record.item) return { kind: 'duplicate', otherItem: alike.item }
    if (replaced.length > 0) throw new GuardMoved('a rival came in between')
  }
  throw new GuardMoved('rivals of the same item keep coming')
}

/** Loads that mended rejects of another. Whoever loads one holds the other's row (`isReplaced`), so none is under way now. */
async function replaysOf(
  connection: PostgresConnection,
  { loadKey }: LoadRecord,
): Promise<readonly LoadRecord[]> {
  const rows = await connection.rows(
    `select * from cauce_loads where replaced_by is null and (origin_load = $1
      or load_key in (select load_key from cauce_replays where origin_load = $1))`,
    [loadKey],
  )
  return rows.map((row) => loadRecordOf(row))
}

async function markReplaced(
  connection: PostgresConnection,
  replaced: readonly LoadRecord[],
  by: LoadRecord,
): Promise<void> {
  if (replaced.length === 0) return
  const keys = replaced.map(({ loadKey }) => loadKey)
  const marked = await connection.write(
    `update cauce_loads set replaced_by = $1, replaced_at = clock_timestamp() at time zone 'UTC', refuse_item = null, refuse_content = null
    where replaced_by is null and load_key = any($2)`,
    [by.loadKey, keys],
  )
  if (marked !== replaced.length) throw new GuardMoved('a load was replaced by somebody else')
  // A mark says that a mended row is in the tables; these go.
  await connection.write('delete from cauce_replays where origin_load = any($1)', [keys])
}

/**
 * The bytes come back under their name: their own guard row, once replaced, stands for the item again.
 * @returns false when another row is in the way; the transaction goes on all the same
 */
async function reviveGuard(
  connection: PostgresConnection,
  { record, duplicates }: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<boolean> {
  const { counts, loadKey } = record
  await connection.write('savepoint cauce_revival')
  try {
    await connection.write(
      `update cauce_loads set rows_read = $1, rows_loaded = $2, rows_rejected = $3, rows_skipped = $4, warnings = $5,
      committed_at = clock_timestamp() at time zone 'UTC', refuse_item = $6, refuse_content = $7, replaced_by = null, replaced_at = null
      where load_key = $8`,
      [
        counts.read,
        counts.loaded,
        counts.rejected,
        counts.skipped,
        counts.warnings,
        refuseItem(record),
        duplicates === 'refuse' ? refuseContent(record) : null,
        loadKey,
      ],
    )
    return true
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    await connection.write('rollback to savepoint cauce_revival')
    return false
  }
}

/** Whether the load whose rejects are being mended gave way to another; if not, it cannot until this transaction ends. */
export async function isReplaced(connection: PostgresConnection, loadKey: string): Promise<boolean> {
  const found = await findBy(connection, 'load_key', loadKey, 'for share')
  return found?.replacedBy !== undefined
}
