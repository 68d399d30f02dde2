import { Counter, Gauge, type Registry } from 'prom-client'
import type { Clock } from '../../model/clock.ts'
import { ITEM_STATES } from '../../model/item-state.ts'
import { LEASE_MS } from '../../dispatch/lease.ts'
import { lastSuccesses } from '../../ledger/last-successes.ts'
import { lateFirings } from '../../ledger/late-firings.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { listWorkers } from '../../ledger/list-workers.ts'
import { listAlerts } from '../../ledger/open-alerts.ts'
import { listControls } from '../../ledger/list-controls.ts'
import { queueDepth } from '../../ledger/queue-depth.ts'
import { seatUsage } from '../../ledger/seat-usage.ts'
import type { ProjectFacts } from '../api/endpoint.ts'
import type { LedgerTotals } from '../ledger-totals.ts'

/** A firing begins within a dispatcher's look or two; one that waits longer is late. */
const LATE_AFTER_MS = 60_000

/** A process that was lost is news for so long; then it was replaced, or is missed elsewhere. */
const LOST_FOR_MS = 60 * 60_000

const RESULTS = ['loaded', 'rejected', 'skipped'] as const

/** What the ledger holds at the moment of asking, the same whichever process of a ledger is asked. */
export class LedgerMetrics {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #totals: LedgerTotals
  readonly #pipelines: readonly string[]
  readonly #items: Gauge<'pipeline' | 'state'>
  readonly #rows: Counter<'pipeline' | 'result'>
  readonly #warnings: Counter<'pipeline'>
  readonly #queue: Gauge<'pipeline'>
  readonly #oldest: Gauge<'pipeline'>
  readonly #seats: Gauge<'resource'>
  readonly #seatsUsed: Gauge<'resource'>
  readonly #late: Gauge<'pipeline'>
  readonly #success: Gauge<'pipeline'>
  readonly #alerts: Gauge<'rule'>
  readonly #paused: Gauge<'pipeline'>
  readonly #workers: Gauge<'state'>
  readonly #jobs: Gauge

  constructor(
    registry: Registry,
    facts: {
      readonly ledger: Ledger
      readonly clock: Clock
      readonly totals: LedgerTotals
      readonly project: ProjectFacts
    },
  ) {
    this.#ledger = facts.ledger
    this.#clock = facts.clock
    this.#totals = facts.totals
    this.#pipelines = facts.project.pipelines.map(({ name }) => name)
    const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
      new Gauge({ name, help, labelNames, registers: [registry] })
    const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
      new Counter({ name, help, labelNames, registers: [registry] })
    this.#items = gauge('cauce_items', 'Items in each state.', 'pipeline', 'state')
    this.#rows = counter(
      'cauce_rows_total',
      'Rows by what became of them, of all items the ledger has; the three add up to the rows read.',
      'pipeline',
      'result',
    )
    this.#warnings = counter('cauce_row_warnings_total', 'Rows loaded with a warning.', 'pipeline')
    this.#queue = gauge('cauce_queue_items', 'Items that wait for a worker and are due.', 'pipeline')
    this.#oldest = gauge(
      'cauce_queue_oldest_age_seconds',
      'How long the first of them has waited.',
      'pipeline',
    )
    this.#seats = gauge('cauce_seats', 'Connections allowed at a resource, over all workers.', 'resource')
    this.#seatsUsed = gauge('cauce_seats_used', 'Connections in use at a resource.', 'resource')
    this.#late = gauge(
      'cauce_firings_late',
      'Firings that should have begun more than a minute ago and have not.',
      'pipeline',
    )
    this.#success = gauge(
      'cauce_last_success_timestamp_seconds',
      'When the last run that went well had ended.',
      'pipeline',
    )
    this.#alerts = gauge('cauce_alerts_open', 'Alerts that are open.', 'rule')
    this.#paused = gauge('cauce_pipeline_paused', '1: somebody paused it. 0: it goes.', 'pipeline')
    this.#workers = gauge(
      'cauce_workers',
      'Processes that dispatch, work or serve; lost: those that fell silent within the last hour.',
      'state',
    )
    this.#jobs = gauge('cauce_worker_jobs', 'Items that all workers together can work on side by side.')
  }

  /** Asks the ledger once for everything. @throws {CauceError} LEDGER_* */
  async update(): Promise<void> {
    const nowMs = this.#clock.now()
    await this.#updateTotals()
    this.#updateQueue(await queueDepth(this.#ledger, nowMs), nowMs)
    const seats = await seatUsage(this.#ledger)
    this.#seats.reset()
    this.#seatsUsed.reset()
    for (const { resource, held, limit } of seats) {
      this.#seats.set({ resource }, limit)
      this.#seatsUsed.set({ resource }, held)
    }
    this.#updateTime(await lateFirings(this.#ledger, nowMs - LATE_AFTER_MS), await listControls(this.#ledger))
    const successes = await lastSuccesses(this.#ledger)
    for (const { pipeline, finishedMs } of successes) this.#success.set({ pipeline }, finishedMs / 1000)
    const alerts = await listAlerts(this.#ledger, { onlyOpen: true })
    this.#alerts.reset()
    for (const { rule } of alerts) this.#alerts.inc({ rule })
    this.#updateWorkers(await listWorkers(this.#ledger, { nowMs, leaseMs: LEASE_MS }), nowMs)
  }

  /** Old figures are worse than none. */
  forget(): void {
    const gauges = [this.#items, this.#queue, this.#oldest, this.#seats, this.#seatsUsed, this.#late]
    const more = [this.#success, this.#alerts, this.#paused, this.#workers, this.#rows, this.#warnings]
    for (const metric of [...gauges, ...more]) metric.reset()
    this.#jobs.remove()
  }

  async #updateTotals(): Promise<void> {
    const totals = await this.#totals.read()
    this.#items.reset()
    this.#rows.reset()
    this.#warnings.reset()
    const names = new Set([...this.#pipelines, ...totals.map(({ pipeline }) => pipeline)])
    for (const pipeline of names) {
      const own = totals.find((one) => one.pipeline === pipeline)
      for (const state of ITEM_STATES) this.#items.set({ pipeline, state }, own?.items[state] ?? 0)
      for (const result of RESULTS) this.#rows.inc({ pipeline, result }, own?.rows[result] ?? 0)
      this.#warnings.inc({ pipeline }, own?.rows.warnings ?? 0)
    }
  }

  #updateQueue(depths: Awaited<ReturnType<typeof queueDepth>>, nowMs: number): void {
    this.#queue.reset()
    this.#oldest.reset()
    for (const pipeline of this.#pipelines) {
      this.#queue.set({ pipeline }, 0)
      this.#oldest.set({ pipeline }, 0)
    }
    for (const { pipeline, items, oldestMs } of depths) {
      this.#queue.set({ pipeline }, items)
      this.#oldest.set({ pipeline }, Math.max(0, nowMs - oldestMs) / 1000)
    }
  }

  #updateTime(
    late: Awaited<ReturnType<typeof lateFirings>>,
    controls: Awaited<ReturnType<typeof listControls>>,
  ): void {
    this.#late.reset()
    this.#paused.reset()
    for (const pipeline of this.#pipelines) {
      this.#late.set({ pipeline }, 0)
      this.#paused.set({ pipeline }, 0)
    }
    for (const { pipeline, firings } of late) this.#late.set({ pipeline }, firings)
    for (const { pipeline, pausedMs } of controls) this.#paused.set({ pipeline }, pausedMs === null ? 0 : 1)
  }

  #updateWorkers(workers: Awaited<ReturnType<typeof listWorkers>>, nowMs: number): void {
    this.#workers.reset()
    for (const state of ['working', 'stopping', 'lost']) this.#workers.set({ state }, 0)
    this.#jobs.set(0)
    for (const { state, jobs, endedMs } of workers) {
      if (state === 'ended' || (state === 'lost' && nowMs - (endedMs ?? 0) > LOST_FOR_MS)) continue
      this.#workers.inc({ state })
      if (state === 'working') this.#jobs.inc(jobs)
    }
  }
}
