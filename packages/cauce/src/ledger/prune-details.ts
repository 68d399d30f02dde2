import { setImmediate } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import { dateInZone } from '../plan/periods.ts'
import { isClosedForGood, listDayCloses } from './day-close.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { LedgerTables } from './tables.ts'
import { UNSETTLED_STATES } from './unsettled.ts'

export interface PruneDetailsRequest {
  readonly pipeline: string
  readonly timezone: string
  /** Details of days before this one (yyyy-MM-dd) go. */
  readonly beforeDay: string
  readonly beforeMs: number
  /** Counts only. */
  readonly isDryRun: boolean
}

export interface PrunedDetails {
  /** Items that lost attempts, transitions and counts by rule. */
  readonly items: number
  /** Firings that were over. */
  readonly firings: number
}

/** Bounds the time a statement or a transaction takes. */
const ITEMS_AT_A_TIME = 500

/**
 * Removes the details of items that are settled and ended on a day that was closed for good: its figures hold what they came to.
 * Items stay, by which versions are known again, and so do the totals of runs and days, and which rejects were replayed.
 */
export async function pruneDetails(ledger: Ledger, request: PruneDetailsRequest): Promise<PrunedDetails> {
  const { pipeline, timezone, beforeDay, isDryRun } = request
  const closes = await listDayCloses(ledger, { pipeline, fromDay: '0001-01-01', untilDay: beforeDay })
  const closed = new Set(closes.filter(isClosedForGood).map(({ day }) => day))
  let items = 0
  for (let afterId = (await firstWithDetails(ledger)) - 1; ;) {
    const some = await candidates(ledger, request, afterId)
    const last = some.at(-1)
    if (last === undefined) break
    afterId = last.id
    const ids = some
      .filter(({ hasDetails, finishedMs }) => hasDetails && closed.has(dateInZone(finishedMs ?? 0, timezone)))
      .map(({ id }) => id)
    if (ids.length > 0 && !isDryRun)
      await writeLedger(ledger, (transaction) => removeDetails(transaction, ids))
    items += ids.length
    // The ledger never yields by itself; heartbeats must go on.
    await setImmediate()
  }
  return { items, firings: await pruneFirings(ledger, request) }
}

/** Before it, everything was pruned already. */
async function firstWithDetails(ledger: Ledger): Promise<number> {
  return readLedger(ledger, async (db) => {
    const transition = await db
      .selectFrom('transition')
      .select('itemId')
      .orderBy('itemId')
      .limit(1)
      .executeTakeFirst()
    const attempt = await db
      .selectFrom('attempt')
      .select('itemId')
      .orderBy('itemId')
      .limit(1)
      .executeTakeFirst()
    return Math.min(transition?.itemId ?? Number.MAX_SAFE_INTEGER, attempt?.itemId ?? Number.MAX_SAFE_INTEGER)
  })
}

async function candidates(
  ledger: Ledger,
  { pipeline, beforeMs }: PruneDetailsRequest,
  afterId: number,
): Promise<
  readonly { readonly id: number; readonly finishedMs: number | null; readonly hasDetails: boolean }[]
> {
  const rows = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('id', '>', afterId)
      .where('pipeline', '=', pipeline)
      .where('state', 'not in', UNSETTLED_STATES)
      .where('finishedMs', '<', beforeMs)
      .orderBy('id')
      .limit(ITEMS_AT_A_TIME)
      .select(['id', 'finishedMs'])
      .select((eb) =>
        eb
          .selectFrom('transition')
          .whereRef('transition.itemId', '=', 'item.id')
          .select('transition.id')
          .limit(1)
          .as('transitionId'),
      )
      .execute(),
  )
  return rows.map(({ id, finishedMs, transitionId }) => ({
    id,
    finishedMs,
    hasDetails: transitionId !== null,
  }))
}

async function removeDetails(transaction: Transaction<LedgerTables>, ids: readonly number[]): Promise<void> {
  await transaction.deleteFrom('ruleCount').where('itemId', 'in', ids).execute()
  await transaction.deleteFrom('attempt').where('itemId', 'in', ids).execute()
  await transaction.deleteFrom('transition').where('itemId', 'in', ids).execute()
}

/** But for those that followed another pipeline's run: by them it is known that the run was followed. */
async function pruneFirings(
  ledger: Ledger,
  { pipeline, beforeMs, isDryRun }: PruneDetailsRequest,
): Promise<number> {
  let firings = 0
  for (let afterId = 0; ;) {
    const rows = await readLedger(ledger, (db) =>
      db
        .selectFrom('firing')
        .where('pipeline', '=', pipeline)
        .where('id', '>', afterId)
        .where('state', 'in', ['done', 'failed', 'skipped'])
        .where('cause', '!=', 'after')
        .where('createdMs', '<', beforeMs)
        .orderBy('id')
        .limit(ITEMS_AT_A_TIME)
        .select('id')
        .execute(),
    )
    const last = rows.at(-1)
    if (last === undefined) return firings
    afterId = last.id
    firings += rows.length
    if (!isDryRun)
      await writeLedger(ledger, (transaction) =>
        transaction
          .deleteFrom('firing')
          .where(
            'id',
            'in',
            rows.map(({ id }) => id),
          )
          .execute(),
      )
    await setImmediate()
  }
}
