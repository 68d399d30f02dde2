import type { Transaction } from 'kysely'
import type { ErrorReport } from '../model/cauce-error.ts'
import { NO_ROWS, type RowCounts } from '../model/item-state.ts'
import type { RuleCount } from '../model/rule-count.ts'
import { endClaim } from './end-claim.ts'
import type { ItemProgress } from './held-item.ts'
import type { SettledState } from './item-transitions.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import type { Claim, ItemRow, LedgerTables } from './tables.ts'

export interface SettleItemRequest extends Claim, ItemProgress {
  readonly state: SettledState
  /** What its rows became; absent: none were read. */
  readonly counts?: RowCounts
  /** How many rows broke each rule. */
  readonly ruleCounts?: readonly RuleCount[]
  readonly error?: ErrorReport
  /** Where the verified copy of the original lies. */
  readonly backup?: string
  readonly sourceDeletedMs?: number
  readonly rejectsSha256?: string
  /** For `failed_system`: `openNextDay` does not open it before. */
  readonly dueMs?: number
  /** For replays: the records of the origin load that are loaded now. */
  readonly replayedRecords?: readonly number[]
  readonly nowMs: number
}

/** Bounds the parameters of one statement. */
const RECORDS_PER_STATEMENT = 5_000

/**
 * Writes the end of an item, all of it in one transaction. Undefined, and nothing written, when the claim no longer holds it:
 * whoever does will settle it. Counts that do not add up (`read = loaded + rejected + skipped`) are refused.
 * @throws {CauceError} BUG for such counts; LEDGER_FAILED, DISK_FULL
 */
export async function settleItem(ledger: Ledger, request: SettleItemRequest): Promise<ItemRow | undefined> {
  return writeLedger(ledger, async (transaction) => {
    const { state, counts = NO_ROWS, error, nowMs } = request
    const { backup, sourceDeletedMs, rejectsSha256, dueMs = 0 } = request
    const item = await endClaim(transaction, {
      ...request,
      to: state,
      outcome: state,
      reason: error?.code ?? null,
      error,
      columns: () => ({
        ...pickCounts(counts),
        ...(backup !== undefined && { backup }),
        ...(sourceDeletedMs !== undefined && { sourceDeletedMs }),
        rejectsSha256: rejectsSha256 ?? null,
        dueMs,
        finishedMs: nowMs,
      }),
    })
    if (item !== undefined) await writeRows(transaction, item, request)
    return item
  })
}

function pickCounts({ read, loaded, rejected, skipped, warnings }: RowCounts): RowCounts {
  return { read, loaded, rejected, skipped, warnings }
}

async function writeRows(
  transaction: Transaction<LedgerTables>,
  { id, epoch, originLoadKey }: ItemRow,
  { ruleCounts = [], replayedRecords = [], nowMs }: SettleItemRequest,
): Promise<void> {
  // An earlier attempt may have counted before it failed.
  if (epoch > 1) await transaction.deleteFrom('ruleCount').where('itemId', '=', id).execute()
  if (ruleCounts.length > 0)
    await transaction
      .insertInto('ruleCount')
      .values(ruleCounts.map(({ code, level, rows }) => ({ itemId: id, code, level, rows })))
      .execute()
  if (replayedRecords.length === 0) return
  if (originLoadKey === null) throw new TypeError(`item ${id} is no replay`)
  for (let start = 0; start < replayedRecords.length; start += RECORDS_PER_STATEMENT)
    await transaction
      .insertInto('replayed')
      .values(
        replayedRecords
          .slice(start, start + RECORDS_PER_STATEMENT)
          .map((record) => ({ originLoadKey, record, itemId: id, atMs: nowMs })),
      )
      // The destination decided already which replay loaded a record; the first one we heard of stands.
      .onConflict((conflict) => conflict.columns(['originLoadKey', 'record']).doNothing())
      .execute()
}
