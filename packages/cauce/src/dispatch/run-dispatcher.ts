import { join } from 'node:path'
import type { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { fireAfter } from '../ledger/fire-after.ts'
import { fireDue } from '../ledger/fire-due.ts'
import { recordPlan } from '../ledger/record-plan.ts'
import { syncSchedules } from '../ledger/sync-schedules.ts'
import { takeFiring } from '../ledger/take-firing.ts'
import { takeOver } from '../ledger/take-over.ts'
import { nextMoment } from '../plan/schedule/next-moment.ts'
import { beginFiring } from './begin-firing.ts'
import { closeRuns } from './close-runs.ts'
import type { DispatcherRequest } from './dispatcher-request.ts'
import { LEASE_MS } from './lease.ts'
import { Performer } from './performer.ts'
import { openSpool } from './process-spool.ts'
import { Sweeper } from './sweeper.ts'

/** How often a dispatcher looks at the clock and the ledger. */
const TICK_MS = 1_000
/** How often the dead are looked for. */
const TAKE_OVER_EVERY_MS = 5_000
/** Firings begun side by side: each lists a source. */
const MOST_BEGINNING = 8
const SCHEDULES_AT_ONCE = 100

/**
 * Dispatches for as long as it is let: fires what is due, begins what was fired, closes the runs whose items have ended, takes
 * over from the dead. Any number may do so on one ledger. What fails as servers do is told as trouble and tried again at the next
 * look. Resolves when it was stopped; firings it had not finished beginning are handed back.
 * @throws {CauceError} what no waiting mends: a bug of ours
 */
export async function runDispatcher(request: DispatcherRequest): Promise<void> {
  await using spool = await openSpool(request.home, request.owner, 'dispatcher')
  const performer = new Performer(join(spool.folder, 'performer_0'), process.env)
  const dispatcher = new Dispatcher(request, performer)
  try {
    await dispatcher.run()
  } finally {
    await performer.close()
  }
}

class Dispatcher {
  readonly #request: DispatcherRequest
  readonly #performer: Performer
  readonly #sweeper: Sweeper
  readonly #beginning = new Set<Promise<void>>()
  #isSetUp = false
  #tookOverMs = 0
  #fatal: CauceError | undefined

  constructor(request: DispatcherRequest, performer: Performer) {
    this.#request = request
    this.#performer = performer
    this.#sweeper = new Sweeper(request, performer)
  }

  async run(): Promise<void> {
    const { clock, stopping, ticked } = this.#request
    while (!stopping.aborted && this.#fatal === undefined) {
      await this.#untroubled(() => this.#tick())
      ticked(clock.now())
      await clock.sleep(TICK_MS, stopping).catch(() => undefined)
    }
    await Promise.all(this.#beginning)
    if (this.#fatal !== undefined) throw this.#fatal
  }

  async #tick(): Promise<void> {
    const { ledger, clock, besides } = this.#request
    const nowMs = clock.now()
    if (!this.#isSetUp) await this.#setUp()
    if (nowMs - this.#tookOverMs >= TAKE_OVER_EVERY_MS || nowMs < this.#tookOverMs) {
      this.#tookOverMs = nowMs
      await takeOver(ledger, { nowMs })
    }
    await this.#fire(nowMs)
    await this.#beginAll()
    await this.#sweeper.sweepWhatIsDue()
    await closeRuns(this.#request, this.#performer)
    await this.#untroubled(() => besides.everyTick(nowMs))
  }

  async #setUp(): Promise<void> {
    const { pipelines, project, ledger, clock } = this.#request
    for (const { plan } of pipelines) await recordPlan(ledger, { plan, nowMs: clock.now() })
    await syncSchedules(ledger, {
      schedules: pipelines.flatMap(({ plan }) =>
        Object.entries(plan.schedules).map(([rhythm, spec]) => ({
          pipeline: plan.pipeline,
          rhythm: rhythm as keyof typeof plan.schedules,
          spec,
        })),
      ),
      pipelines: this.#names,
      project,
      next: nextMoment,
      nowMs: clock.now(),
    })
    this.#isSetUp = true
  }

  get #names(): readonly string[] {
    return this.#request.pipelines.map(({ plan }) => plan.pipeline)
  }

  async #fire(nowMs: number): Promise<void> {
    const { ledger } = this.#request
    const due = { pipelines: this.#names, nowMs, limit: SCHEDULES_AT_ONCE }
    while ((await fireDue(ledger, { ...due, next: nextMoment })).length > 0);
    while ((await fireAfter(ledger, due)).length > 0);
  }

  async #beginAll(): Promise<void> {
    const { pipelines, ledger, owner, clock } = this.#request
    while (this.#beginning.size < MOST_BEGINNING) {
      const firing = await takeFiring(ledger, {
        pipelines: pipelines.map(({ plan }) => ({ name: plan.pipeline, overlap: plan.overlap })),
        owner,
        leaseMs: LEASE_MS,
        nowMs: clock.now(),
      })
      const pipeline = pipelines.find(({ plan }) => plan.pipeline === firing?.pipeline)
      if (firing === undefined || pipeline === undefined) return
      if (firing.rhythm !== 'discover') this.#sweeper.isDue(pipeline)
      const beginning = beginFiring(this.#request, pipeline, firing)
        .catch((error: unknown) => {
          this.#fatal ??= toCauceError(error, { code: 'BUG', details: {} })
        })
        .finally(() => this.#beginning.delete(beginning))
      this.#beginning.add(beginning)
    }
  }

  async #untroubled(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (caught) {
      const error = toCauceError(caught, { code: 'BUG', details: {} })
      if (error.class === 'bug') throw error
      this.#request.trouble(error)
    }
  }
}
