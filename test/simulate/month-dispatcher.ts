import type { Plan, SchedulePlan } from '../../packages/cauce/src/model/plan.ts'
import { finishFiring } from '../../packages/cauce/src/ledger/finish-firing.ts'
import { finishRun } from '../../packages/cauce/src/ledger/finish-run.ts'
import { fireAfter } from '../../packages/cauce/src/ledger/fire-after.ts'
import { fireDue } from '../../packages/cauce/src/ledger/fire-due.ts'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { renewFiring } from '../../packages/cauce/src/ledger/renew-firing.ts'
import type { SeededRandom } from '../../packages/cauce/src/ledger/seeded-random.test-kit.ts'
import { startRun } from '../../packages/cauce/src/ledger/start-run.ts'
import { syncSchedules } from '../../packages/cauce/src/ledger/sync-schedules.ts'
import { type StartedFiring, takeFiring } from '../../packages/cauce/src/ledger/take-firing.ts'
import { nextMoment } from '../../packages/cauce/src/plan/schedule/next-moment.ts'

const LEASE_MS = 15_000

export interface MonthPipeline {
  readonly name: string
  readonly spec: SchedulePlan
  readonly overlap: Plan['overlap']
}

/** A dispatcher looked at its clock: when it was, what the clock showed, and whether it was right but for seconds. */
export interface Look {
  readonly trueMs: number
  readonly nowMs: number
  readonly isRight: boolean
}

/** What all dispatchers of a month have to do with. */
export interface MonthWorld {
  readonly ledger: Ledger
  readonly pipelines: readonly MonthPipeline[]
  /** The fence each firing was last taken with. */
  readonly fences: Map<number, number>
  /** Every firing ever ended, as often as a dispatcher was told that it had ended it. */
  readonly ended: number[]
  /** Runs that nobody has closed, whatever became of the firing that opened them. */
  readonly openRuns: Set<string>
  readonly looks: Look[]
}

/** What every dispatcher does when it starts. */
export async function declareSchedules({ ledger, pipelines }: MonthWorld, nowMs: number): Promise<void> {
  const schedules = pipelines.map(({ name, spec }) => ({ pipeline: name, rhythm: 'run' as const, spec }))
  await syncSchedules(ledger, { schedules, next: nextMoment, nowMs })
}

class Killed extends Error {}

/**
 * A dispatcher whose process may be killed between any two statements, may stand still and wake up late, and whose clock may be
 * wrong.
 */
export class MonthDispatcher {
  readonly #world: MonthWorld
  readonly #owner: { readonly host: string; readonly pid: number; readonly start: string }
  readonly #skewMs: number
  #lives = 0
  #downUntilMs = 0
  #jumpMs = 0
  #jumpUntilMs = 0
  #isSetUp = false
  /** What it believed to hold when it was stopped. */
  #held: StartedFiring | undefined

  constructor(world: MonthWorld, host: string, skewMs: number) {
    this.#world = world
    this.#owner = { host, pid: 1, start: '' }
    this.#skewMs = skewMs
  }

  /** Nobody home until then. */
  stopUntil(ms: number): void {
    this.#downUntilMs = Math.max(this.#downUntilMs, ms)
    this.#isSetUp = false
  }

  /** Its clock is wrong until then. */
  jumpUntil(ms: number, byMs: number): void {
    this.#jumpUntilMs = ms
    this.#jumpMs = byMs
  }

  /** Looks at clock and ledger once; `killPercent` is how often it dies at each of the places where it may. */
  async tick(trueMs: number, random: SeededRandom, killPercent: number): Promise<void> {
    if (trueMs < this.#downUntilMs) return
    const isRight = trueMs >= this.#jumpUntilMs
    const nowMs = trueMs + this.#skewMs + (isRight ? 0 : this.#jumpMs)
    const mayDie = (): void => {
      if (!random.happens(killPercent)) return
      this.stopUntil(trueMs + random.between(1, 20) * 60_000)
      throw new Killed()
    }
    try {
      await this.#work({ trueMs, nowMs, isRight }, random, mayDie)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
    }
  }

  async #work(look: Look, random: SeededRandom, mayDie: () => void): Promise<void> {
    const { ledger, pipelines, looks } = this.#world
    const { nowMs } = look
    const names = pipelines.map(({ name }) => name)
    if (!this.#isSetUp) await this.#setUp(nowMs)
    const due = { pipelines: names, nowMs, limit: 20 }
    looks.push(look)
    while ((await fireDue(ledger, { ...due, next: nextMoment })).length > 0) mayDie()
    while ((await fireAfter(ledger, due)).length > 0) mayDie()
    await this.#wakeUp(nowMs)
    for (;;) {
      const firing = await takeFiring(ledger, { pipelines, owner: this.#owner, leaseMs: LEASE_MS, nowMs })
      if (firing === undefined) break
      this.#world.fences.set(firing.id, firing.startedMs)
      this.#held = firing
      mayDie()
      await this.#begin(firing, nowMs, mayDie)
    }
    mayDie()
    for (const id of this.#world.openRuns) if (random.happens(30)) await this.#close(id, nowMs, random)
  }

  async #setUp(nowMs: number): Promise<void> {
    this.#lives++
    await declareSchedules(this.#world, nowMs)
    this.#isSetUp = true
    // A process that was killed knows nothing any more; one that stood still goes on where it was.
    if (this.#lives % 2 === 0) this.#held = undefined
  }

  /** What it held before it stood still, it still believes to hold. */
  async #wakeUp(nowMs: number): Promise<void> {
    if (this.#held !== undefined) await this.#end(this.#held, undefined, nowMs)
    this.#held = undefined
  }

  async #begin(firing: StartedFiring, nowMs: number, mayDie: () => void): Promise<void> {
    const { ledger } = this.#world
    let { runId } = firing
    if (runId === null) {
      const { pipeline, cause } = firing
      const run = await startRun(ledger, {
        pipeline,
        planHash: 'h1',
        owner: this.#owner,
        mode: 'dispatched',
        cause,
        nowMs,
      })
      this.#world.openRuns.add(run.id)
      runId = run.id
      mayDie()
      await renewFiring(ledger, { ...firing, runId, leaseMs: LEASE_MS, nowMs })
    }
    mayDie()
    await this.#end(firing, runId, nowMs)
    this.#held = undefined
  }

  async #end(firing: StartedFiring, runId: string | undefined, nowMs: number): Promise<void> {
    const ended = await finishFiring(this.#world.ledger, { ...firing, state: 'done', runId, nowMs })
    if (ended === undefined) return
    if (this.#world.fences.get(ended.id) !== firing.startedMs)
      throw new Error(`firing ${ended.id} was ended by a dispatcher that had lost it`)
    this.#world.ended.push(ended.id)
  }

  async #close(id: string, nowMs: number, random: SeededRandom): Promise<void> {
    const state = random.happens(80) ? 'done' : 'failed'
    await finishRun(this.#world.ledger, { id, state, nowMs })
    this.#world.openRuns.delete(id)
  }
}
