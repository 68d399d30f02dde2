import type { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import type { ProjectHome } from '../dispatch/project-home.ts'
import { findDayClose, isClosedForGood } from '../ledger/day-close.ts'
import { hasRunBefore } from '../ledger/has-run-before.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { dayBounds } from '../plan/day-bounds.ts'
import { dateInZone } from '../plan/periods.ts'
import type { KeepPolicy } from '../pipeline/project.ts'
import { type ClosedDay, closeDay } from './close-day/close-day.ts'
import type { ReadyPipeline } from './ready-pipeline.ts'
import { applyRetention, type RetentionResult } from './retention/apply-retention.ts'

interface DayKeeperOptions {
  readonly ledger: Ledger
  readonly home: ProjectHome
  readonly pipelines: readonly ReadyPipeline[]
  readonly clock: Clock
  readonly keep: KeepPolicy
  readonly closed: (pipeline: string, day: ClosedDay) => void
  readonly cleaned: (pipeline: string, result: RetentionResult) => void
  readonly trouble: (error: CauceError, pipeline: string) => void
}

/** How often it is asked whether a day is over. */
const LOOK_EVERY_MS = 60_000
const DAY_MS = 24 * 3_600_000

/**
 * Closes days: the one that lasts after each of its runs, so that its report is always of now; and each once more when it is over,
 * also one that ended while nobody stood, after which what is older than it need be goes. Works beside the dispatcher, one thing after another: archives may be large.
 */
export class DayKeeper implements AsyncDisposable {
  readonly #options: DayKeeperOptions
  #work: Promise<void> = Promise.resolve()
  #nextLookMs = 0
  readonly #closedForGood = new Map<string, string>()
  #isEnding = false

  constructor(options: DayKeeperOptions) {
    this.#options = options
  }

  /** A run of the pipeline has closed. */
  runClosed(pipeline: ReadyPipeline): void {
    this.#enqueue(pipeline, this.#today(pipeline))
  }

  /** To be called often. */
  tick(nowMs: number): void {
    if (nowMs < this.#nextLookMs && this.#nextLookMs - nowMs <= LOOK_EVERY_MS) return
    this.#nextLookMs = nowMs + LOOK_EVERY_MS
    for (const pipeline of this.#options.pipelines) {
      const yesterday = dateInZone(nowMs - DAY_MS, pipeline.plan.reference.timezone)
      if (this.#closedForGood.get(pipeline.name) === yesterday) continue
      this.#closedForGood.set(pipeline.name, yesterday)
      this.#enqueue(pipeline, yesterday)
    }
  }

  /** Waits for what was begun; what was not is done by whoever stands next. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true
    await this.#work
  }

  #today({ plan }: ReadyPipeline): string {
    return dateInZone(this.#options.clock.now(), plan.reference.timezone)
  }

  #enqueue(pipeline: ReadyPipeline, day: string): void {
    this.#work = this.#work.then(() => (this.#isEnding ? undefined : this.#close(pipeline, day)))
  }

  async #close(pipeline: ReadyPipeline, day: string): Promise<void> {
    const { name, plan, settings } = pipeline
    const { ledger, home, keep, clock, closed, cleaned, trouble } = this.#options
    try {
      const { untilMs: beforeMs } = dayBounds(day, plan.reference.timezone)
      if (!(await hasRunBefore(ledger, { pipeline: name, beforeMs }))) return
      const before = await findDayClose(ledger, { pipeline: name, day })
      if (before === undefined || !isClosedForGood(before))
        closed(name, await closeDay({ ledger, home, plan, settings, clock, day }))
      // Once a day, when the day before it is closed.
      if (day !== this.#today(pipeline))
        cleaned(name, await applyRetention({ ledger, home, plan, settings, keep, clock }))
    } catch (caught) {
      // The next run's close, or the next look, tries again.
      this.#closedForGood.delete(name)
      trouble(toCauceError(caught, { code: 'BUG', details: {} }), name)
    }
  }
}
