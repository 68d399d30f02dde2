import type { Transaction } from 'kysely'
import type { OverlapPolicy, Rhythm } from '../model/plan.ts'
import { MAX_CLOCK_SKEW_MS } from './clock-skew.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { FiringRow, LedgerTables, PipelineControlRow } from './tables.ts'

/** A firing as its holder knows it. `startedMs` is its fence: whoever takes it again gives it another. */
export type StartedFiring = FiringRow & { readonly startedMs: number }

/** What a holder shows to write to a firing. */
export type FiringHold = Pick<StartedFiring, 'id' | 'startedMs'>

interface TakeFiringRequest {
  /** Those whose plans the caller has. */
  readonly pipelines: readonly { readonly name: string; readonly overlap: OverlapPolicy }[]
  readonly owner: ProcessIdentity
  readonly leaseMs: number
  readonly nowMs: number
}

/**
 * Takes one firing for this process, under a lease: first one whose holder let the lease run out (with the `runId` it had come
 * to), then the one that waits longest. On the way it records as `skipped` what may not start: of a paused pipeline, or, with
 * overlap `skip`, while an earlier one is still going. With `queue` those wait; so do missed ones, which `skip` would undo.
 *
 * An earlier one is going while it is started or its run is running. Looking for items goes on beside work on them.
 */
export async function takeFiring(
  ledger: Ledger,
  request: TakeFiringRequest,
): Promise<StartedFiring | undefined> {
  if (request.pipelines.length === 0) return undefined
  const abandoned = await findAbandoned(ledger, request)
  for (const firing of abandoned) {
    const taken = await writeLedger(ledger, (transaction) => start(transaction, request, firing))
    if (taken !== undefined) return taken
  }
  for (const group of await findWaiting(ledger, request)) {
    const taken = await writeLedger(ledger, (transaction) => startNext(transaction, request, group))
    if (taken !== undefined) return taken
  }
  return undefined
}

const ABANDONED_AT_ONCE = 10

async function findAbandoned(
  ledger: Ledger,
  { pipelines, leaseMs, nowMs }: TakeFiringRequest,
): Promise<readonly FiringRow[]> {
  return readLedger(ledger, (db) =>
    db
      .selectFrom('firing')
      .where('state', '=', 'started')
      .where(
        'pipeline',
        'in',
        pipelines.map(({ name }) => name),
      )
      // A lease longer than any was given by a clock that has been set back since.
      .where((eb) =>
        eb.or([eb('leaseUntilMs', '<', nowMs), eb('leaseUntilMs', '>', nowMs + leaseMs + MAX_CLOCK_SKEW_MS)]),
      )
      .orderBy('dueMs')
      .orderBy('id')
      .limit(ABANDONED_AT_ONCE)
      .selectAll()
      .execute(),
  )
}

interface Group {
  readonly pipeline: string
  readonly rhythm: Rhythm
}

/** One group for each thing that has its own turn, so that a long queue of one pipeline keeps no other waiting. */
async function findWaiting(ledger: Ledger, { pipelines }: TakeFiringRequest): Promise<readonly Group[]> {
  return readLedger(ledger, (db) =>
    db
      .selectFrom('firing')
      .where('state', '=', 'waiting')
      .where(
        'pipeline',
        'in',
        pipelines.map(({ name }) => name),
      )
      .groupBy(['pipeline', 'rhythm'])
      .orderBy((eb) => eb.fn.min('dueMs'))
      .select(['pipeline', 'rhythm'])
      .execute(),
  )
}

async function startNext(
  transaction: Transaction<LedgerTables>,
  request: TakeFiringRequest,
  group: Group,
): Promise<StartedFiring | undefined> {
  const { pipeline } = group
  const overlap = request.pipelines.find(({ name }) => name === pipeline)?.overlap ?? 'skip'
  const { pausedMs } = await lockPipeline(transaction, pipeline)
  if (pausedMs !== null) {
    if (overlap !== 'queue') await skipWaiting(transaction, request, group, 'the pipeline is paused')
    return undefined
  }
  const going = overlap === 'allow' ? undefined : await findGoing(transaction, group)
  if (going === undefined) {
    const first = await waitingOf(transaction, group).orderBy('dueMs').orderBy('id').executeTakeFirst()
    return first && start(transaction, request, first)
  }
  if (overlap === 'skip') await skipWaiting(transaction, request, group, `${going} is still going`)
  return undefined
}

/** One at a time decides what starts of a pipeline: writing its row is a lock in every engine. */
async function lockPipeline(
  transaction: Transaction<LedgerTables>,
  pipeline: string,
): Promise<Pick<PipelineControlRow, 'pausedMs'>> {
  return transaction
    .insertInto('pipelineControl')
    .values({ pipeline })
    .onConflict((on) => on.column('pipeline').doUpdateSet({ pipeline }))
    .returning('pausedMs')
    .executeTakeFirstOrThrow()
}

function waitingOf(transaction: Transaction<LedgerTables>, { pipeline, rhythm }: Group) {
  return transaction
    .selectFrom('firing')
    .where('pipeline', '=', pipeline)
    .where('rhythm', '=', rhythm)
    .where('state', '=', 'waiting')
    .selectAll()
}

/** What is going that a firing of this rhythm may not run beside. */
async function findGoing(
  transaction: Transaction<LedgerTables>,
  { pipeline, rhythm }: Group,
): Promise<string | undefined> {
  const rivals: readonly Rhythm[] = rhythm === 'discover' ? ['discover'] : ['run', 'dispatch']
  const started = await transaction
    .selectFrom('firing')
    .where('pipeline', '=', pipeline)
    .where('rhythm', 'in', rivals)
    .where('state', '=', 'started')
    .select('id')
    .executeTakeFirst()
  if (started !== undefined) return `the earlier firing ${started.id}`
  // What was found is worked on while more is looked for.
  if (rhythm === 'discover') return undefined
  const running = await transaction
    .selectFrom('run')
    .where('pipeline', '=', pipeline)
    .where('state', '=', 'running')
    .select('id')
    .execute()
  if (running.length === 0) return undefined
  const fired = await transaction
    .selectFrom('firing')
    .where(
      'runId',
      'in',
      running.map(({ id }) => id),
    )
    .where('rhythm', 'in', rivals)
    .select('runId')
    .executeTakeFirst()
  return fired && `the earlier run ${fired.runId}`
}

async function skipWaiting(
  transaction: Transaction<LedgerTables>,
  { nowMs }: TakeFiringRequest,
  { pipeline, rhythm }: Group,
  reason: string,
): Promise<void> {
  await transaction
    .updateTable('firing')
    .set({ state: 'skipped', reason, finishedMs: nowMs })
    .where('pipeline', '=', pipeline)
    .where('rhythm', '=', rhythm)
    .where('state', '=', 'waiting')
    .$if(reason.endsWith('going'), (query) => query.where('cause', '!=', 'missed'))
    .execute()
}

/** Undefined: somebody else took it meanwhile. */
async function start(
  transaction: Transaction<LedgerTables>,
  { owner, leaseMs, nowMs }: TakeFiringRequest,
  firing: FiringRow,
): Promise<StartedFiring | undefined> {
  // Never the same fence twice, not even with a clock that was set back.
  const startedMs = Math.max(nowMs, (firing.startedMs ?? -1) + 1)
  const started = await transaction
    .updateTable('firing')
    .set({
      state: 'started',
      ownerHost: owner.host,
      ownerPid: owner.pid,
      ownerStart: owner.start,
      leaseUntilMs: nowMs + leaseMs,
      startedMs,
    })
    .where('id', '=', firing.id)
    .where('state', '=', firing.state)
    .where((eb) =>
      firing.startedMs === null ? eb('startedMs', 'is', null) : eb('startedMs', '=', firing.startedMs),
    )
    .where((eb) =>
      firing.leaseUntilMs === null
        ? eb('leaseUntilMs', 'is', null)
        : eb('leaseUntilMs', '=', firing.leaseUntilMs),
    )
    .returningAll()
    .executeTakeFirst()
  return started && { ...started, startedMs }
}
