import type { Kysely, Transaction } from 'kysely'
import { firstWaiting, lookAtQueues, type Place, type Queue } from './find-waiting.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import { hasRowLocks, skipLocked } from './lock-rows.ts'
import { makeDue, plansOverdue } from './make-due.ts'
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
  await makeOverdueDue(ledger, request)
  const seen = await readLedger(ledger, async (db) => look(db, request))
  if (seen.plans.length === 0 && !seen.hasExpired) return []
  return writeLedger(ledger, async (transaction) => {
    const taken = await takeItems(transaction, request, await choose(transaction, request, seen.plans))
    return taken.toSorted((one, other) => other.priority - one.priority || one.id - other.id)
  })
}

async function makeOverdueDue(ledger: Ledger, { plans, nowMs }: ClaimNextRequest): Promise<void> {
  const planHashes = plans.map(({ planHash }) => planHash)
  const overdue = await readLedger(ledger, async (db) => plansOverdue(db, planHashes, nowMs))
  for (const planHash of overdue)
    await writeLedger(ledger, async (transaction) => makeDue(transaction, planHash, nowMs))
}

/** Which plans have something to take, seen without a lock: whoever finds nothing must not stand in the way of those who work. */
async function look(db: Kysely<LedgerTables>, request: ClaimNextRequest) {
  const plans = await withoutPaused(db, request.plans)
  const expired = await findExpired(db, request, plans).limit(1).execute()
  const queues = await queuesWithRoom(db, request, plans)
  const heads = await lookAtQueues(db, queues, 1)
  const waiting = new Set(heads.map(({ queue }) => queues[queue]?.pipeline))
  return {
    hasExpired: expired.length > 0,
    plans: plans.filter(({ pipeline }) => waiting.has(pipeline)),
  }
}

async function choose(
  transaction: Transaction<LedgerTables>,
  request: ClaimNextRequest,
  waiting: readonly ClaimablePlan[],
): Promise<readonly Candidate[]> {
  await holdControls(transaction, waiting)
  const limit = Math.min(request.limit, CLAIMS_PER_TRANSACTION)
  const open = await withoutPaused(transaction, request.plans)
  const expired = findExpired(transaction, request, open).limit(limit)
  const chosen = [...(await skipLocked(transaction, expired).execute())]
  const queues = await queuesWithRoom(
    transaction,
    request,
    open.filter((plan) => waiting.includes(plan)),
  )
  const places = await lookAtQueues(transaction, queues, limit - chosen.length)
  for (const [queue, share] of shares(queues, places, limit - chosen.length))
    chosen.push(...(await skipLocked(transaction, firstWaiting(transaction, queue, share)).execute()))
  return chosen
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

async function withoutPaused(
  db: Kysely<LedgerTables>,
  plans: readonly ClaimablePlan[],
): Promise<readonly ClaimablePlan[]> {
  const rows = await db
    .selectFrom('pipelineControl')
    .where('pausedMs', 'is not', null)
    .select('pipeline')
    .execute()
  const paused = new Set(rows.map(({ pipeline }) => pipeline))
  return plans.filter(({ pipeline }) => !paused.has(pipeline))
}

/** Few are ever held: they are looked at by their leases, whatever their pipeline. */
function findExpired(
  db: Kysely<LedgerTables>,
  { owner, nowMs }: ClaimNextRequest,
  plans: readonly ClaimablePlan[],
) {
  const planHashes = plans.map(({ planHash }) => planHash)
  return (
    db
      .selectFrom('item')
      .where('leaseUntilMs', '<', nowMs)
      // An empty list is no SQL everywhere.
      .where((eb) => (planHashes.length === 0 ? eb.lit(false) : eb('planHash', 'in', planHashes)))
      .where((eb) => eb.or([eb('boundHost', 'is', null), eb('boundHost', '=', owner.host)]))
      .orderBy('leaseUntilMs')
      .orderBy('id')
      .select(['id', 'state', 'epoch', 'cancelMs'])
  )
}

interface QueueWithRoom extends Queue {
  /** How many more of its pipeline may be active. */
  readonly room: number
}

async function queuesWithRoom(
  db: Kysely<LedgerTables>,
  { owner }: ClaimNextRequest,
  plans: readonly ClaimablePlan[],
): Promise<readonly QueueWithRoom[]> {
  const limited = plans.some(({ maxItems }) => maxItems !== undefined)
  const active = limited ? await countActive(db) : new Map<string, number>()
  return plans
    .flatMap(({ pipeline, planHash, maxItems = Number.MAX_SAFE_INTEGER }) =>
      [null, owner.host].map((boundHost) => ({
        pipeline,
        planHash,
        boundHost,
        room: maxItems - (active.get(pipeline) ?? 0),
      })),
    )
    .filter(({ room }) => room > 0)
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
  queues: readonly QueueWithRoom[],
  places: readonly Place[],
  limit: number,
): ReadonlyMap<QueueWithRoom, number> {
  const byQueue = new Map<QueueWithRoom, number>()
  const byPipeline = new Map<string, number>()
  let left = limit
  for (const { queue: index } of places.toSorted(
    (one, other) => other.priority - one.priority || one.id - other.id,
  )) {
    const queue = queues[index]
    if (queue === undefined || left === 0) break
    const taken = byPipeline.get(queue.pipeline) ?? 0
    if (taken >= queue.room) continue
    byPipeline.set(queue.pipeline, taken + 1)
    byQueue.set(queue, (byQueue.get(queue) ?? 0) + 1)
    left--
  }
  return byQueue
}
