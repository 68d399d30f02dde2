import { Gauge, Registry } from 'prom-client'
import type { Clock } from '../../model/clock.ts'
import type { CauceError } from '../../model/cauce-error.ts'
import { toCauceError } from '../../model/to-cauce-error.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { pingLedger } from '../../ledger/ping-ledger.ts'
import type { ProjectFacts } from '../api/endpoint.ts'
import { endsWithin } from '../ends-within.ts'
import type { Health } from '../health.ts'
import { LedgerTotals } from '../ledger-totals.ts'
import { JournalCounters } from './journal-counters.ts'
import { LedgerMetrics } from './ledger-metrics.ts'
import { registerProcessMetrics } from './process-metrics.ts'

/** Prometheus waits 10 s, unless told otherwise. */
const UPDATE_WITHIN_MS = 7_000
const PING_WITHIN_MS = 2_000

/** Everything Prometheus is told. */
export class ServerMetrics {
  readonly #registry = new Registry()
  readonly #health: () => Health
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #ledgerMetrics: LedgerMetrics
  readonly #ledgerUp: Gauge
  readonly #lastTick: Gauge
  #updating: Promise<void> | undefined
  /** Also for whoever else wants to know how pipelines stand. */
  readonly totals: LedgerTotals

  constructor(facts: {
    readonly ledger: Ledger
    readonly clock: Clock
    readonly health: () => Health
    readonly project: ProjectFacts
    readonly version: string
  }) {
    const registry = this.#registry
    const { ledger, clock, project, version } = facts
    const registers = [registry]
    this.#health = facts.health
    this.#ledger = ledger
    this.#clock = clock
    new Gauge({
      name: 'cauce_build_info',
      help: 'The version that runs, and the Node.js it runs on; always 1.',
      labelNames: ['version', 'node_version'],
      registers,
    }).set({ version, node_version: process.versions.node }, 1)
    this.#ledgerUp = new Gauge({
      name: 'cauce_ledger_up',
      help: '1: the ledger answered. 0: it did not, and what is known of it is missing here.',
      registers,
    })
    this.#lastTick = new Gauge({
      name: 'cauce_scheduler_last_tick_timestamp_seconds',
      help: 'When the scheduler of this process last looked at what is due.',
      registers,
    })
    const counters = new JournalCounters(registry, ledger, project)
    this.totals = new LedgerTotals(ledger, clock, async (entries) => counters.take(entries))
    this.#ledgerMetrics = new LedgerMetrics(registry, { ledger, clock, totals: this.totals, project })
    registerProcessMetrics(registry)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** The text format of Prometheus. Without a ledger it tells what is known without one. */
  async text(): Promise<string> {
    this.#ledgerUp.set((await this.#update()) ? 1 : 0)
    const tickMs = this.#health().scheduler?.lastTickMs
    this.#lastTick.remove()
    if (tickMs !== undefined) this.#lastTick.set(tickMs / 1000)
    return this.#registry.metrics()
  }

  /** Whether the ledger answers. One that is only slow (the first sums over millions of items) goes on, and is told the next time. */
  async #update(): Promise<boolean> {
    let failure: CauceError | undefined
    this.#updating ??= this.#ledgerMetrics.update().finally(() => {
      this.#updating = undefined
    })
    const updating = this.#updating.catch((error: unknown) => {
      failure = toCauceError(error, { code: 'BUG', details: {} })
      throw failure
    })
    if (await endsWithin(this.#clock, UPDATE_WITHIN_MS, updating)) return true
    this.#ledgerMetrics.forget()
    if (failure === undefined) return endsWithin(this.#clock, PING_WITHIN_MS, pingLedger(this.#ledger))
    if (failure.class === 'bug') throw failure
    return false
  }

  close(): void {
    this.#registry.clear()
  }
}
