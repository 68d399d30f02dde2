import type { Transaction } from 'kysely'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { skipLocked } from './lock-rows.ts'
import { moveUnclaimed } from './move-unclaimed.ts'
import { isFailedSystem } from './partial-indexes.ts'
import type { LedgerTables } from './tables.ts'

export interface OpenNextDayRequest {
  readonly pipeline: string
  /** The run and the plan that become theirs. */
  readonly runId: string
  readonly planHash: string
  /** On how many later days an item is tried by itself. */
  readonly days: number
  readonly nowMs: number
}

/** Bounds the time a transaction holds the write lock. */
const ITEMS_PER_TRANSACTION = 500

/**
 * Sends quarantined items (`failed_system`) whose time has come back to `pending` with a new round of tries, each on at most `days`
 * days; a person's retry gives it all of them again. Left are files that are gone, which their source must list first, and
 * items somebody wanted cancelled. Returns how many.
 */
export async function openNextDay(ledger: Ledger, request: OpenNextDayRequest): Promise<number> {
  let opened = 0
  // One after the other, each is looked up in the index; those that had all their days are never read.
  for (let dayRetries = request.days - 1; dayRetries >= 0; dayRetries--)
    for (;;) {
      const some = await writeLedger(ledger, (transaction) => openSome(transaction, request, dayRetries))
      if (some === 0) break
      opened += some
    }
  return opened
}

async function openSome(
  transaction: Transaction<LedgerTables>,
  { pipeline, runId, planHash, days, nowMs }: OpenNextDayRequest,
  dayRetries: number,
): Promise<number> {
  const question = transaction
    .selectFrom('item')
    .where(isFailedSystem)
    .where('pipeline', '=', pipeline)
    .where('dayRetries', '=', dayRetries)
    .where('dueMs', '<=', nowMs)
    .where('cancelMs', 'is', null)
    .where((eb) => eb.or([eb('errorCode', 'is', null), eb('errorCode', '!=', 'SOURCE_VANISHED')]))
    .orderBy('dueMs')
    .limit(ITEMS_PER_TRANSACTION)
    .select('id')
  const found = await skipLocked(transaction, question).execute()
  for (const { id } of found)
    await moveUnclaimed(transaction, {
      id,
      from: 'failed_system',
      to: 'pending',
      worker: 'dispatcher',
      reason: `next day ${dayRetries + 1} of ${days}`,
      nowMs,
      columns: { runId, planHash, dayRetries: dayRetries + 1 },
    })
  return found.length
}
