import type { ItemState, RowCounts, RunState } from '../model/item-state.ts'
import type { Plan } from '../model/plan.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { PipelineRun } from './run-project.ts'

/** What `cauce run --json` prints and `run()` returns: one entry per pipeline, in the order they ran. */
export interface RunDocument {
  readonly runs: readonly RunEntry[]
}

export interface RunEntry {
  readonly pipeline: string
  /** Id of the run in the ledger; null when it did not get so far. */
  readonly run: string | null
  readonly state: Exclude<RunState, 'running'>
  /** The run's items in the order they were discovered, then those of earlier runs that wait for a person. */
  readonly items: readonly ItemEntry[]
  /** Over the run's own items. */
  readonly totals: RunTotals
}

export interface ItemEntry extends RowCounts {
  /** Path relative to the source. */
  readonly key: string
  readonly state: ItemState
  /** The pipeline's own word for the state; the state where it has none. */
  readonly label: string
}

export interface RunTotals extends RowCounts {
  readonly items: number
}

/** The document for runs that ended. */
export function runDocument(runs: readonly PipelineRun[]): RunDocument {
  return { runs: runs.map(runEntry) }
}

function runEntry({ pipeline, runId, state, result }: PipelineRun): RunEntry {
  const { plan } = pipeline
  const own = ownItems(result?.items ?? [])
  return {
    pipeline: pipeline.name,
    run: runId ?? null,
    state,
    items: [...own, ...ownItems(result?.waiting ?? [])].map((item) => itemEntry(item, plan)),
    totals: totalsOf(own),
  }
}

/** In the order they were discovered. */
export function ownItems(items: readonly ItemRow[]): readonly ItemRow[] {
  return items.toSorted((one, other) => one.id - other.id)
}

/** Sums over items. */
export function totalsOf(items: readonly RowCounts[]): RunTotals {
  const sum = (name: keyof RowCounts): number => items.reduce((total, counts) => total + counts[name], 0)
  return {
    items: items.length,
    read: sum('read'),
    loaded: sum('loaded'),
    rejected: sum('rejected'),
    skipped: sum('skipped'),
    warnings: sum('warnings'),
  }
}

/** The pipeline's own word for a state. */
export function labelOf(state: ItemState, plan: Pick<Plan, 'states'>): string {
  return plan.states[state] ?? state
}

function itemEntry(item: ItemRow, plan: Plan): ItemEntry {
  const { key, state, read, loaded, rejected, skipped, warnings } = item
  return { key, state, label: labelOf(state, plan), read, loaded, rejected, skipped, warnings }
}
