import type { RuleCount } from '../model/rule-count.ts'
import type { ErrorReport } from '../model/cauce-error.ts'
import type { ItemState, RowCounts } from '../model/item-state.ts'
import type { Text } from '../model/language.ts'
import type { Plan } from '../model/plan.ts'
import type { ResolvedSettings } from '../plan/resolve-settings.ts'
import type { SourceEntry } from '../connectors/source.ts'

/** What every task for a performer carries. It travels over the process channel only and is never written down. */
interface TaskBase {
  readonly plan: Plan
  readonly settings: ResolvedSettings
  readonly run: string
  /** The reference date (yyyy-MM-dd), and whether a person gave it. */
  readonly referenceDate: string
  readonly referenceIsExplicit: boolean
  /** A folder of this task alone; removed when it ends. */
  readonly spoolFolder: string
}

/** Where a replayed file's rows come from. */
export interface ReplayOrigin {
  readonly loadKey: string
  /** Key of the item that was read the first time. */
  readonly item: string
}

/** Carry one item through its stages. */
export interface ItemTask extends TaskBase {
  readonly kind: 'item'
  readonly item: { readonly entry: SourceEntry; readonly generation: number }
  /** What an earlier attempt found the bytes to be; lets a crash after the original's deletion be settled. */
  readonly known: { readonly sha256: string; readonly loadKey: string } | undefined
  /** Nothing is read or loaded: the destination is asked whether an earlier attempt loaded it; SOURCE_VANISHED when none did. */
  readonly asksOnly?: boolean
  readonly attempt: { readonly id: string; readonly number: number; readonly startedMs: number }
  /** A copy of the original (of an earlier load, or in quarantine), read where the original is gone from the source. */
  readonly kept: { readonly path: string; readonly sha256: string } | undefined
  readonly rejectsFolder: string
  readonly replay: ReplayOrigin | undefined
  /** The span of this attempt, in the headers of the W3C; absent: nobody traces. */
  readonly traceContext?: Readonly<Record<string, string>> | undefined
}

/** Bring counters that are relative to the reference date up to it, before anything is loaded. */
export interface SweepTask extends TaskBase {
  readonly kind: 'sweep'
}

/** Write a row of the load report for an item that ended without being loaded. */
export interface ReportTask extends TaskBase {
  readonly kind: 'report'
  readonly facts: ReportFacts
}

export type Task = ItemTask | SweepTask | ReportTask

/** Everything the load report can tell, before it is fitted to the pipeline's columns. Times are ms since 1970 UTC. */
export interface ReportFacts {
  readonly item: string
  readonly sha256: string | undefined
  readonly sizeBytes: number
  readonly counts: RowCounts
  readonly state: ItemState
  readonly attempts: number
  readonly startedMs: number
  readonly finishedMs: number
  readonly backup: string | undefined
  readonly sourceDeletedMs: number | undefined
  readonly message: string | undefined
  readonly run: string
  readonly loadKey: string | undefined
}

/** What became of an item; `error` is set exactly when it did not reach its destination and somebody should know. */
export interface ItemOutcome {
  readonly state:
    | 'ready'
    | 'ready_with_rejects'
    | 'failed_layout'
    | 'failed_system'
    | 'duplicate'
    | 'refused'
    | 'superseded'
  readonly counts: RowCounts
  readonly sizeBytes: number
  readonly sha256: string | undefined
  readonly loadKey: string | undefined
  readonly rejectsSha256: string | undefined
  readonly ruleCounts: readonly RuleCount[]
  readonly backup: string | undefined
  readonly sourceDeletedMs: number | undefined
  /** Origin records this item brought back. */
  readonly replayedRecords: readonly number[]
  /** Remarks on the file as a whole, for people. */
  readonly notes: readonly Text[]
  readonly error: ErrorReport | undefined
}

export type TaskResult =
  | { readonly kind: 'item'; readonly outcome: ItemOutcome }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: ErrorReport; readonly stack: string | undefined }
