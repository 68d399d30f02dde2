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
import type { MysqlConnection } from './connection.ts'
import { isDuplicateKey } from './errors.ts'
import { findAlike, findBy, findCurrent, insertGuard } from './guard.ts'
import { quoteText } from './quote.ts'

/** Rivals of the same item take turns at its guard row; more in a row than this are met again by the whole transaction. */
const LOOKS = 3

/**
 * Writes the guard row of a load that may take the place of earlier ones of its item: locks the row of the load that stands for
 * the item now, marks it and the replays of its rejects as replaced, and writes its own, all before any other row is touched.
 */
export async function takePlace(connection: MysqlConnection, request: LoadRequest): Promise<Refusal | Taken> {
  const { record, replacing } = request
  for (let looks = 1; looks <= LOOKS; looks++) {
    const current = await findCurrent(connection, record, 'FOR UPDATE')
    const refusal = judgePlace(current, record, replacing?.loads ?? [])
    if (refusal !== undefined) return refusal
    const own = await findBy(connection, 'load_key', record.loadKey, 'FOR UPDATE')
    if (own !== undefined && own.replacedBy === undefined)
      return { kind: 'already_loaded', counts: own.counts }
    const replaced = current === undefined ? [] : [current, ...(await replaysOf(connection, current))]
    await markReplaced(connection, replaced, record)
    try {
      if (own === undefined) await insertGuard(connection, request)
      else await reviveGuard(connection, request)
      return { kind: 'taken', replaced }
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      const alike = request.duplicates === 'refuse' ? await findAlike(connection, record) : undefined
      if (alike !== undefined && alike.item !== record.item)
        return { kind: 'duplicate', otherItem: alike.item }
      if (replaced.length > 0) throw new GuardMoved('a rival came in between')
    }
  }
  throw new GuardMoved('rivals of the same item keep coming')
}

/** Loads that mended rejects of another. Whoever loads one holds the other's row (`isReplaced`), so none is under way now. */
async function replaysOf(
  connection: MysqlConnection,
  { loadKey }: LoadRecord,
): Promise<readonly LoadRecord[]> {
  const rows = await connection.rows(
    `SELECT * FROM cauce_loads WHERE replaced_by IS NULL AND origin_load = ?
    UNION SELECT replays.* FROM cauce_loads AS replays
    JOIN (SELECT DISTINCT load_key FROM cauce_replays WHERE origin_load = ?) AS marks ON marks.load_key = replays.load_key
    WHERE replays.replaced_by IS NULL`,
    [loadKey, loadKey],
  )
  return rows.map((row) => loadRecordOf(row))
}

async function markReplaced(
  connection: MysqlConnection,
  replaced: readonly LoadRecord[],
  by: LoadRecord,
): Promise<void> {
  if (replaced.length === 0) return
  const keys = replaced.map(({ loadKey }) => quoteText(loadKey)).join(', ')
  const { affectedRows } = await connection.write(
    `UPDATE cauce_loads SET replaced_by = ${quoteText(by.loadKey)}, replaced_at = UTC_TIMESTAMP(6), refuse_item = NULL, refuse_content = NULL
    WHERE replaced_by IS NULL AND load_key IN (${keys})`,
  )
  if (affectedRows !== replaced.length) throw new GuardMoved('a load was replaced by somebody else')
  // A mark says that a mended row is in the tables; these go.
  await connection.write(`DELETE FROM cauce_replays WHERE origin_load IN (${keys})`)
}

/** The bytes come back under their name: their own guard row, once replaced, stands for the item again. */
async function reviveGuard(
  connection: MysqlConnection,
  { record, duplicates }: Pick<LoadRequest, 'record' | 'duplicates'>,
): Promise<void> {
  const { counts, loadKey } = record
  await connection.write(
    `UPDATE cauce_loads SET rows_read = ?, rows_loaded = ?, rows_rejected = ?, rows_skipped = ?, warnings = ?, committed_at = UTC_TIMESTAMP(6),
      refuse_item = ?, refuse_content = ?, replaced_by = NULL, replaced_at = NULL WHERE load_key = ?`,
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
}

/** Whether the load whose rejects are being mended gave way to another; if not, it cannot until this transaction ends. */
export async function isReplaced(connection: MysqlConnection, loadKey: string): Promise<boolean> {
  const found = await findBy(connection, 'load_key', loadKey, 'LOCK IN SHARE MODE')
  return found?.replacedBy !== undefined
}
