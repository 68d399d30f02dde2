import type { Kysely, Transaction } from 'kysely'
import type { ItemState } from '../model/item-state.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import { forUpdate } from './lock-rows.ts'
import { type PrunedRest, pruneRest } from './prune-rest.ts'
import type { LedgerTables } from './tables.ts'

export interface PruneLedgerRequest {
  /** What ended before goes; ms since 1970 UTC. */
  readonly before: number
  /** True: closed days and runs stay, with their figures. */
  readonly keepTotals: boolean
  /** Details of this pipeline's items only; absent: of all. */
  readonly pipeline?: string
  /** Counts the items, and removes nothing. */
  readonly isDryRun?: boolean
}

/** How many rows of each kind are gone. */
export interface PrunedLedger extends PrunedRest {
  /** Items whose attempts, transitions and counts of broken rules are gone. */
  readonly items: number
}

/** Ended, and nobody waits for anything: what failed or was refused keeps its story until a person has acted. */
const AT_REST: readonly ItemState[] = ['ready', 'ready_with_rejects', 'duplicate', 'superseded', 'cancelled']

/** Bounds the time a transaction holds the write lock, and its parameters. */
const TRANSITIONS_PER_TRANSACTION = 1_000

/**
 * Forgets the details of what ended long ago: attempts, transitions and broken rules of items, firings, resolved alerts, ended
 * processes. Items themselves stay, with their totals, or their sources' listings would bring them back as new; so does whatever
 * has not ended, and the records of replays, which guard against loading a row twice.
 */
export async function pruneLedger(ledger: Ledger, request: PruneLedgerRequest): Promise<PrunedLedger> {
  const items = await pruneItems(ledger, request)
  const { isDryRun = false } = request
  return { items, ...(isDryRun ? NOTHING : await pruneRest(ledger, request)) }
}

const NOTHING: PrunedRest = { firings: 0, alerts: 0, workers: 0, runs: 0, days: 0 }

/** History is written in the order of time: it is read from its beginning, as far as it is old. */
async function pruneItems(ledger: Ledger, request: PruneLedgerRequest): Promise<number> {
  const { before } = request
  const pruned = new Set<number>()
  for (let afterId = 0; ;) {
    const some = await readLedger(ledger, (db) =>
      db
        .selectFrom('transition')
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(TRANSITIONS_PER_TRANSACTION)
        .select(['id', 'itemId', 'atMs'])
        .execute(),
    )
    const ids = [...new Set(some.filter(({ atMs }) => atMs < before).map(({ itemId }) => itemId))]
    if (ids.length === 0) return pruned.size
    for (const id of await pruneSome(ledger, ids, request)) pruned.add(id)
    afterId = some.at(-1)?.id ?? afterId
  }
}

async function pruneSome(
  ledger: Ledger,
  ids: readonly number[],
  request: PruneLedgerRequest,
): Promise<readonly number[]> {
  const found = await readLedger(ledger, (db) => atRest(db, ids, request).execute())
  if (found.length === 0 || request.isDryRun === true) return found.map(({ id }) => id)
  return writeLedger(ledger, async (transaction) => {
    const rows = await forUpdate(transaction, atRest(transaction, ids, request)).execute()
    const itemIds = rows.map(({ id }) => id)
    await forget(transaction, itemIds)
    return itemIds
  })
}

function atRest(db: Kysely<LedgerTables>, ids: readonly number[], { before, pipeline }: PruneLedgerRequest) {
  const found = db
    .selectFrom('item')
    .where('id', 'in', ids)
    .where('state', 'in', AT_REST)
    .where('finishedMs', '<', before)
    .select('id')
  return pipeline === undefined ? found : found.where('pipeline', '=', pipeline)
}

async function forget(transaction: Transaction<LedgerTables>, itemIds: readonly number[]): Promise<void> {
  if (itemIds.length === 0) return
  for (const table of ['attempt', 'transition', 'ruleCount'] as const)
    await transaction.deleteFrom(table).where('itemId', 'in', itemIds).execute()
}
