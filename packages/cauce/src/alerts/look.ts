import type { ItemEvidence } from '../ledger/alert-evidence.ts'
import type { RunEvidence } from '../ledger/alert-run-evidence.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { AlertRow } from '../ledger/tables.ts'
import type { AlertPlan, AlertsPlan, RulePlan } from '../plan/alerts/alert-plan.ts'
import type { AlertDetails, AlertEnd } from './alert-details.ts'
import type { AlertMemory } from './alert-memory.ts'

/** The disk of this process's home folder. */
export interface DiskState {
  readonly host: string
  readonly path: string
  readonly freeBytes: number
}

/** One look at the ledger, as every rule sees it. */
export interface Look {
  readonly ledger: Ledger
  readonly plan: AlertsPlan
  readonly memory: AlertMemory
  readonly nowMs: number
  /** Whether all that is open and all that fails is looked at, not only what changed since the last look. */
  readonly isFull: boolean
  /** Items that settled since the last look, and in a full one all that fail or that an alert is open for. */
  readonly items: readonly ItemEvidence[]
  /** Ids of items an alert is open for that are in the ledger no more. */
  readonly goneItems: ReadonlySet<number>
  /** Runs of the last two days, and older ones an alert is open for. */
  readonly runs: readonly RunEvidence[]
  /** Undefined: not looked at this time. */
  readonly disk: DiskState | undefined
}

/** An alert that is open now, as its rule knows it. */
export interface OpenAlert {
  readonly row: AlertRow
  readonly details: AlertDetails | undefined
}

/** What a rule says of a subject; of those it says nothing about, nothing changes. */
export type Verdict =
  | {
      readonly kind: 'holds'
      readonly subject: string
      readonly pipeline: string | null
      readonly details: AlertDetails
      /** It holds figures that change with every look: no reason to write. */
      readonly isMeasured?: true
    }
  | { readonly kind: 'ended'; readonly subject: string; readonly end: AlertEnd }

/** Judges by one kind of rule. `open`: the rule's alerts that are open, by subject. */
export type Judge<Kind extends RulePlan['kind']> = (
  look: Look,
  alert: AlertPlan & { readonly rule: Extract<RulePlan, { readonly kind: Kind }> },
  open: ReadonlyMap<string, OpenAlert>,
) => Promise<readonly Verdict[]>
