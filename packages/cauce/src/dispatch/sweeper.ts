import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import { dateInZone, plannedCounters } from '../plan/periods.ts'
import type { DispatcherRequest } from './dispatcher-request.ts'
import type { Performer } from './performer.ts'
import { quietHandlers } from './quiet-handlers.ts'
import type { StandingPipeline } from './run-worker.ts'
import { SeatKeeper } from './seat-keeper.ts'

/** A destination that could not be reached is asked again after so long. */
const PAUSE_MS = 60_000

/**
 * Brings counters by year and month up to the reference date once a day, from a pipeline's first firing on, also on days without
 * files. Loads do the same when they meet another period, so a destination that is away keeps nobody from working.
 */
export class Sweeper {
  readonly #request: DispatcherRequest
  readonly #performer: Performer
  readonly #seats: SeatKeeper
  readonly #sweptFor = new Map<string, string>()
  readonly #due = new Map<string, { readonly pipeline: StandingPipeline; afterMs: number }>()

  constructor(request: DispatcherRequest, performer: Performer) {
    this.#request = request
    this.#performer = performer
    this.#seats = new SeatKeeper(request.ledger, request.owner, request.clock)
  }

  /** A firing of the pipeline begins. */
  isDue(pipeline: StandingPipeline): void {
    const { plan } = pipeline
    if (plannedCounters(plan).length === 0 || this.#sweptFor.get(plan.pipeline) === this.#dateOf(pipeline))
      return
    if (!this.#due.has(plan.pipeline)) this.#due.set(plan.pipeline, { pipeline, afterMs: 0 })
  }

  async sweepWhatIsDue(): Promise<void> {
    const { clock, stopping, trouble } = this.#request
    for (const [name, due] of this.#due) {
      if (stopping.aborted) return
      if (clock.now() < due.afterMs) continue
      const date = this.#dateOf(due.pipeline)
      const error = await this.#sweep(due.pipeline, date)
      if (error === undefined) {
        this.#sweptFor.set(name, date)
        this.#due.delete(name)
      } else {
        due.afterMs = clock.now() + PAUSE_MS
        trouble(error, name)
      }
    }
  }

  #dateOf({ plan, settings }: StandingPipeline): string {
    return settings.referenceDate ?? dateInZone(this.#request.clock.now(), plan.reference.timezone)
  }

  async #sweep({ plan, settings }: StandingPipeline, date: string): Promise<CauceError | undefined> {
    const spoolFolder = join(this.#performer.folder, 'sweep')
    const signal = this.#request.stopping
    const result = await this.#performer.perform(
      {
        kind: 'sweep',
        plan,
        settings,
        run: '',
        referenceDate: date,
        referenceIsExplicit: settings.referenceDate !== undefined,
        spoolFolder,
      },
      quietHandlers({ seats: this.#seats, signal }),
      signal,
    )
    await rm(spoolFolder, { recursive: true, force: true })
    return result.kind === 'failed' ? CauceError.fromReport(result.error) : undefined
  }
}
