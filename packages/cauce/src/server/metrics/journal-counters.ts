import { Counter, Histogram, type Registry } from 'prom-client'
import { type ItemState, ITEM_STATES } from '../../model/item-state.ts'
import { SETTLED_STATES } from '../../ledger/item-transitions.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { type JournalEntry, ruleCountsOf } from '../../ledger/read-journal.ts'
import type { ProjectFacts } from '../api/endpoint.ts'

/** Seconds a stage takes: from a small file's fraction of one to a night's work. */
const STAGE_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600]

/** The stage a state stands for. Archiving is the end of `load`. */
const STAGES: Partial<Readonly<Record<ItemState, 'extract' | 'transform' | 'load'>>> = {
  extracting: 'extract',
  transforming: 'transform',
  loading: 'load',
}

const FAILED: readonly ItemState[] = ['failed_layout', 'failed_system', 'refused', 'cancelled']
const WITH_RULES: readonly ItemState[] = ['ready', 'ready_with_rejects']

/**
 * What happened to items while this process runs, whichever process did it: counted from the ledger's journal, from zero at the
 * process's start as Prometheus expects of counters. They are not summed up from the whole ledger, because it forgets such details
 * after a while: a total that shrinks between two starts would be taken for a new beginning, and all of it for news.
 */
export class JournalCounters {
  readonly #ledger: Ledger
  readonly #ends: Counter<'pipeline' | 'state'>
  readonly #rules: Counter<'pipeline' | 'rule' | 'level'>
  readonly #retries: Counter<'pipeline' | 'level'>
  readonly #losses: Counter<'pipeline'>
  readonly #stages: Histogram<'pipeline' | 'stage'>

  constructor(registry: Registry, ledger: Ledger, project: ProjectFacts) {
    const registers = [registry]
    this.#ledger = ledger
    this.#ends = new Counter({
      name: 'cauce_item_ends_total',
      help: 'Items that ended, by the state they ended in, since this process started.',
      labelNames: ['pipeline', 'state'],
      registers,
    })
    this.#rules = new Counter({
      name: 'cauce_rule_violations_total',
      help: 'Rows that broke a rule of the contract, since this process started; level error: they were rejected. A row counts under each rule it broke.',
      labelNames: ['pipeline', 'rule', 'level'],
      registers,
    })
    this.#retries = new Counter({
      name: 'cauce_item_retries_total',
      help: 'Items tried again since this process started; level item: at once after a failed try, level later: after they had ended (next day, or by hand).',
      labelNames: ['pipeline', 'level'],
      registers,
    })
    this.#losses = new Counter({
      name: 'cauce_lease_losses_total',
      help: 'Claims lost because their worker died or let the lease run out, since this process started.',
      labelNames: ['pipeline'],
      registers,
    })
    this.#stages = new Histogram({
      name: 'cauce_stage_duration_seconds',
      help: 'Time items spent in a stage they completed, since this process started; load includes archiving.',
      labelNames: ['pipeline', 'stage'],
      buckets: STAGE_BUCKETS,
      registers,
    })
    this.#beginAtZero(project)
  }

  /** A series that first appears with a value tells nothing of how it came to it: Prometheus must have seen the zero. */
  #beginAtZero({ pipelines }: ProjectFacts): void {
    for (const { name: pipeline, plan } of pipelines) {
      for (const state of SETTLED_STATES) this.#ends.inc({ pipeline, state }, 0)
      for (const { code: rule, level } of plan.contract.rules) this.#rules.inc({ pipeline, rule, level }, 0)
      for (const level of ['item', 'later']) this.#retries.inc({ pipeline, level }, 0)
      this.#losses.inc({ pipeline }, 0)
      for (const stage of Object.values(STAGES)) this.#stages.zero({ pipeline, stage })
    }
  }

  /** Counts what happened; all of it, or (when the ledger fails) nothing. */
  async take(entries: readonly JournalEntry[]): Promise<void> {
    const loaded = new Map(
      entries
        .filter(({ toState }) => WITH_RULES.includes(toState))
        .map(({ itemId, pipeline }) => [itemId, pipeline] as const),
    )
    const ruleCounts = await ruleCountsOf(this.#ledger, [...loaded.keys()])
    for (const { itemId, code: rule, level, rows } of ruleCounts)
      this.#rules.inc({ pipeline: loaded.get(itemId) ?? '', rule, level }, rows)
    for (const entry of entries) this.#count(entry)
  }

  #count({ pipeline, fromState, toState, outcome, enteredMs, atMs }: JournalEntry): void {
    if (fromState === null) return
    if ((SETTLED_STATES as readonly ItemState[]).includes(toState))
      this.#ends.inc({ pipeline, state: toState })
    if (outcome === 'lost') this.#losses.inc({ pipeline })
    if (outcome === 'failed') this.#retries.inc({ pipeline, level: 'item' })
    if (FAILED.includes(fromState) && (toState === 'pending' || toState === 'extracting'))
      this.#retries.inc({ pipeline, level: 'later' })
    const stage = STAGES[fromState]
    if (stage === undefined || enteredMs === null || !isForward(fromState, toState)) return
    // Two hosts' clocks may differ.
    this.#stages.observe({ pipeline, stage }, Math.max(0, atMs - enteredMs) / 1000)
  }
}

/** Whether the stage was completed: the next one began, or the item came to a good end. */
function isForward(from: ItemState, to: ItemState): boolean {
  const reached = ITEM_STATES.indexOf(to)
  return (
    to === 'duplicate' ||
    (reached > ITEM_STATES.indexOf(from) && reached <= ITEM_STATES.indexOf('ready_with_rejects'))
  )
}
