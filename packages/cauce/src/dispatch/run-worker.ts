import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import { failpoint } from '../model/failpoint.ts'
import type { Plan } from '../model/plan.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { claimNext } from '../ledger/claim-next.ts'
import { findRun } from '../ledger/find-run.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { ProcessIdentity } from '../ledger/process-identity.ts'
import { recordPlan } from '../ledger/record-plan.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { dateInZone } from '../plan/periods.ts'
import type { ResolvedSettings } from '../plan/resolve-settings.ts'
import { carryItem } from './carry-item.ts'
import { ClaimQueue } from './claim-queue.ts'
import { HeldItems } from './held-items.ts'
import { LEASE_MS } from './lease.ts'
import { Performer } from './performer.ts'
import { openSpool } from './process-spool.ts'
import type { ProjectHome } from './project-home.ts'
import type { RunContext, RunEvent } from './run-context.ts'
import { SeatKeeper } from './seat-keeper.ts'

/** A pipeline that may run here: its declaration compiled, its settings known. */
export interface StandingPipeline {
  readonly plan: Plan
  readonly settings: ResolvedSettings
}

export interface WorkerRequest {
  readonly pipelines: readonly StandingPipeline[]
  readonly ledger: Ledger
  readonly home: ProjectHome
  readonly owner: ProcessIdentity
  readonly clock: Clock
  /** Performers side by side. */
  readonly jobs: number
  /** Aborted: nothing more is begun, what is in hand is finished. */
  readonly stopping: AbortSignal
  /** Aborted: what is in hand is rolled back and handed back. */
  readonly cancelled: AbortSignal
  readonly emit: (pipeline: string, event: RunEvent) => void
  /** Told of what keeps the worker from working for now. */
  readonly trouble: (error: CauceError) => void
  /** Resolves a hint that there may be work, each time it is called again. */
  readonly onWake?: ((wake: () => void) => void) | undefined
}

/** An item that met no access, or a wrong setting, is looked at again after so long. */
const ACCESS_PAUSE_MS = 60_000
/** How long to wait before a ledger that did not answer is asked again. */
const TROUBLE_PAUSE_MS = 2_000

/**
 * Works for as long as it is let: claims due items of all these pipelines, whichever run they belong to, and carries each with
 * a performer. A ledger that cannot be reached is waited for. Resolves when it was stopped and has nothing in hand.
 * @throws {CauceError} what no waiting mends: a bug of ours
 */
export async function runWorker(request: WorkerRequest): Promise<void> {
  const { pipelines, ledger, home, owner, clock, jobs, stopping } = request
  for (const { plan } of pipelines) await recordPlan(ledger, { plan, nowMs: clock.now() })
  await using spool = await openSpool(home, owner, 'worker')
  const performers = Array.from(
    { length: jobs },
    (_, seat) => new Performer(join(spool.folder, `performer_${seat}`), process.env),
  )
  const held = new HeldItems(ledger, clock)
  const queue = new ClaimQueue({
    clock,
    signal: stopping,
    claim: async (limit) => claim(request, held, limit),
  })
  request.onWake?.(() => queue.wake())
  const contexts = new ItemContexts(request)
  const work = async (performer: Performer): Promise<void> => {
    for (;;) {
      const item = await queue.next()
      if (item === undefined) return
      await untroubled(request, async () => carryItem(await contexts.of(item), { performer, held }, item))
      held.release(item)
    }
  }
  try {
    await Promise.all([queue.run(), ...performers.map(work)])
  } finally {
    await Promise.all(performers.map((performer) => performer.close()))
    await held.close()
  }
}

async function claim(request: WorkerRequest, held: HeldItems, limit: number): Promise<readonly ItemRow[]> {
  const { pipelines, ledger, owner, clock } = request
  const items = await untroubled(request, () =>
    claimNext(ledger, {
      plans: pipelines.map(({ plan }) => ({
        pipeline: plan.pipeline,
        planHash: plan.hash,
        maxItems: plan.limits.items,
      })),
      owner,
      limit,
      leaseMs: LEASE_MS,
      nowMs: clock.now(),
    }),
  )
  for (const item of items ?? []) held.add(item)
  if (items !== undefined && items.length > 0) failpoint('worker:after-claim')
  return items ?? []
}

/** Waits where the ledger fails as servers do: what is in hand then runs out of its lease, and is done again by whoever claims it. */
async function untroubled<Result>(
  { clock, stopping, trouble }: WorkerRequest,
  act: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await act()
  } catch (caught) {
    const error = toCauceError(caught, { code: 'BUG', details: {} })
    if (error.class === 'bug') throw error
    trouble(error)
    await clock.sleep(TROUBLE_PAUSE_MS, stopping).catch(() => undefined)
    return undefined
  }
}

/** What an item's run and pipeline say of how to carry it. */
class ItemContexts {
  readonly #request: WorkerRequest
  readonly #seats: SeatKeeper
  readonly #referenceDates = new Map<string, string | undefined>()

  constructor(request: WorkerRequest) {
    this.#request = request
    this.#seats = new SeatKeeper(request.ledger, request.owner, request.clock)
  }

  async of({ pipeline: name, planHash, runId }: ItemRow): Promise<RunContext> {
    const { pipelines, ledger, home, owner, clock, jobs, cancelled, emit } = this.#request
    const pipeline = pipelines.find(({ plan }) => plan.pipeline === name && plan.hash === planHash)
    if (pipeline === undefined)
      throw new CauceError('BUG', { detail: `an item of ${name} was claimed without its plan` })
    const { plan, settings } = pipeline
    return {
      plan,
      settings,
      ledger,
      home,
      owner,
      clock,
      signal: cancelled,
      runId,
      referenceDate:
        settings.referenceDate ??
        (await this.#referenceDate(runId)) ??
        dateInZone(clock.now(), plan.reference.timezone),
      jobs,
      seats: this.#seats,
      handBackPauseMs: ACCESS_PAUSE_MS,
      emit: (event) => emit(name, event),
    }
  }

  async #referenceDate(runId: string): Promise<string | undefined> {
    if (!this.#referenceDates.has(runId)) {
      // Of months of runs only the last few are asked about.
      if (this.#referenceDates.size > MOST_RUNS) this.#referenceDates.clear()
      const run = await findRun(this.#request.ledger, runId)
      this.#referenceDates.set(runId, run?.referenceDate ?? undefined)
    }
    return this.#referenceDates.get(runId)
  }
}

const MOST_RUNS = 1_000
