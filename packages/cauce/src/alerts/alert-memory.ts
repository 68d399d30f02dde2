import type { RunEvidence } from '../ledger/alert-run-evidence.ts'
import type { DayMoments } from '../plan/alerts/day-moments.ts'

/**
 * What one process remembers from one look to the next, so that a look costs no more than what changed. Nothing is lost with it:
 * without it everything is looked at.
 */
export interface AlertMemory {
  /** The transition the next look goes on from. */
  cursor: number | undefined
  nextFullMs: number
  nextDiskMs: number
  readonly runs: Map<string, RunEvidence>
  /** Whether a failed run tells more than its items do, by run. */
  readonly failedRuns: Map<string, boolean>
  /** By time of the day. */
  readonly moments: Map<string, DayMoments>
  /** The last moment of an alert and pipeline that all was well at. */
  readonly wellAtMs: Map<string, number>
  /** When the rows of a day were added up last, and whether there is news since; by alert and pipeline. */
  readonly addedUp: Map<string, { readonly atMs: number; readonly isPending: boolean }>
  /** The run that was looked at for new files last, by alert and pipeline. */
  readonly filesOfRun: Map<string, string>
}

export function newAlertMemory(): AlertMemory {
  return {
    cursor: undefined,
    nextFullMs: 0,
    nextDiskMs: 0,
    runs: new Map(),
    failedRuns: new Map(),
    moments: new Map(),
    wellAtMs: new Map(),
    addedUp: new Map(),
    filesOfRun: new Map(),
  }
}
