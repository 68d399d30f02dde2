import type { Kysely, Transaction } from 'kysely'
import { findExpired, firstWaiting, type Queue } from './find-waiting.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import { hasRowLocks, skipLocked } from './lock-rows.ts'
import { lookAround, type Sight } from './look-around.ts'
import { makeDue } from './make-due.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { ItemRow, LedgerTables } from './tables.ts'
import { type Candidate, takeItems } from './take-items.ts'

/** Bounds the time a transaction holds the write lock, and its parameters. */
const CLAIMS_PER_TRANSACTION = 1_000

/** A pipeline as the claiming process knows it. */
export interface ClaimablePlan {
  readonly pipeline: string
  readonly planHash: string
  /** At most so many of its items are active at once, over all workers; absent: no limit. */
  readonly maxItems?: number | undefined
}

export interface ClaimNextRequest {
  /** The plans this process can carry out; items of others are left. */
  readonly plans: readonly ClaimablePlan[]
  readonly owner: ProcessIdentity
  readonly limit: number
  readonly leaseMs: number
  readonly nowMs: number
}

/**
 * Takes up to `limit` items (and 1,000) of any of these plans for this process: those whose lease ran out, then due `pending` ones,
 * greater priorities first, then the oldest. Paused pipelines are left alone, and none gets more than its `maxItems` active items,
 * whoever else claims by this function. Items keep their run. When there is nothing to do it writes nothing and waits for nobody.
 */
export async function claimNext(ledger: Ledger, request: ClaimNextRequest): Promise<ItemRow[]> {
  if (request.limit <= 0 || request.plans.length === 0) return []
  let seen = await look(ledger, request)
  if (seen.overdue.length > 0) {
    for (const planHash of seen.overdue)
      await writeLedger(ledger, async (transaction) => makeDue(transaction, planHash, request.nowMs))
    seen = await look(ledger, request)
  }
  const { places, hasExpired } = seen
  if (places.length === 0 && !hasExpired) return []
  return writeLedger(ledger, async (transaction) => {
    const taken = await takeItems(transaction, request, await choose(transaction, request, seen))
    return taken.toSorted((one, other) => other.priority - one.priority || one.id - other.id)
  })
}

interface Seen extends Sight {
  /** What the places seen are places of. */
  readonly queues: readonly Queue[]
}

async function look(ledger: Ledger, request: ClaimNextRequest): Promise<Seen> {
  const { plans, owner, nowMs } = request
  return readLedger(ledger, async (db) => {
    const rooms = await roomsLeft(db, plans)
    const queues = queuesOf(request).filter(({ pipeline }) => (rooms.get(pipeline) ?? 1) > 0)
    const planHashes = plans.map(({ planHash }) => planHash)
    const sight = await lookAround(db, { planHashes, queues, host: owner.host, limit: most(request), nowMs })
    return { ...sight, queues }
  })
}

function most({ limit }: ClaimNextRequest): number {
  return Math.min(limit, CLAIMS_PER_TRANSACTION)
}

async function choose(
  transaction: Transaction<LedgerTables>,
  request: ClaimNextRequest,
  seen: Seen,
): Promise<readonly Candidate[]> {
  const { queues, places, hasExpired } = seen
  const waiting = new Set(places.map(({ queue }) => queues[queue]?.pipeline))
  const plans = request.plans.filter(({ pipeline }) => waiting.has(pipeline))
  await holdControls(transaction, plans)
  const chosen: Candidate[] = []
  if (hasExpired) chosen.push(...(await takeExpired(transaction, request)))
  const rooms = await roomsLeft(transaction, plans)
  for (const [queue, share] of shares(seen, rooms, most(request) - chosen.length))
    chosen.push(...(await skipLocked(transaction, firstWaiting(transaction, queue, share)).execute()))
  return chosen
}

async function takeExpired(
  transaction: Transaction<LedgerTables>,
  request: ClaimNextRequest,
): Promise<readonly Candidate[]> {
  const { plans, owner, nowMs } = request
  const planHashes = plans.map(({ planHash }) => planHash)
  const expired = findExpired(transaction, planHashes, owner.host, nowMs).limit(most(request))
  return skipLocked(transaction, expired).execute()
}

/**
 * Counting and taking are two statements: where rivals write side by side, those who take from a pipeline with a limit do so one
 * after the other.
 */
async function holdControls(
  transaction: Transaction<LedgerTables>,
  plans: readonly ClaimablePlan[],
): Promise<void> {
  const pipelines = plans.filter(({ maxItems }) => maxItems !== undefined).map(({ pipeline }) => pipeline)
  if (pipelines.length === 0 || !hasRowLocks(transaction)) return
  const held = () =>
    transaction
      .selectFrom('pipelineControl')
      .where('pipeline', 'in', pipelines)
      .orderBy('pipeline')
      .select('pipeline')
      .forUpdate()
      .execute()
  const found = new Set((await held()).map(({ pipeline }) => pipeline))
  const missing = pipelines.filter((pipeline) => !found.has(pipeline))
  if (missing.length === 0) return
  await transaction
    .insertInto('pipelineControl')
    .values(missing.toSorted().map((pipeline) => ({ pipeline })))
    .onConflict((conflict) => conflict.column('pipeline').doNothing())
    .execute()
  await held()
}

function queuesOf({ plans, owner }: ClaimNextRequest): readonly Queue[] {
  return plans.flatMap(({ pipeline, planHash }) =>
    [null, owner.host].map((boundHost) => ({ pipeline, planHash, boundHost })),
  )
}

/** How many more items of each pipeline that has a limit may be active; nothing is asked when none has. */
async function roomsLeft(
  db: Kysely<LedgerTables>,
  plans: readonly ClaimablePlan[],
): Promise<ReadonlyMap<string, number>> {
  const limited = plans.filter(({ maxItems }) => maxItems !== undefined)
  if (limited.length === 0) return new Map()
  const active = await countActive(db)
  return new Map(
    limited.map(({ pipeline, maxItems = 0 }) => [pipeline, maxItems - (active.get(pipeline) ?? 0)]),
  )
}

/** Few are ever held; counted by the engine, SQLite would walk every item of the ledger in the order of pipelines. */
async function countActive(db: Kysely<LedgerTables>): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom('item').where('leaseUntilMs', '>=', 0).select('pipeline').execute()
  const active = new Map<string, number>()
  for (const { pipeline } of rows) active.set(pipeline, (active.get(pipeline) ?? 0) + 1)
  return active
}

/** How many to take from each queue, so that together they are the first of all and no pipeline goes over its room. */
function shares(
  { queues, places }: Pick<Seen, 'queues' | 'places'>,
  rooms: ReadonlyMap<string, number>,
  limit: number,
): ReadonlyMap<Queue, number> {
  const byQueue = new Map<Queue, number>()
  const byPipeline = new Map<string, number>()
  let left = limit
  for (const { queue: index } of places.toSorted(
    (one, other) => other.priority - one.priority || one.id - other.id,
  )) {
    const queue = queues[index]
    if (queue === undefined || left <= 0) break
    const taken = byPipeline.get(queue.pipeline) ?? 0
    if (taken >= (rooms.get(queue.pipeline) ?? Number.POSITIVE_INFINITY)) continue
    byPipeline.set(queue.pipeline, taken + 1)
    byQueue.set(queue, (byQueue.get(queue) ?? 0) + 1)
    left--
  }
  return byQueue
}
