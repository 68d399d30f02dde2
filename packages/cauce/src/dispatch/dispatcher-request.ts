import type { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { ProcessIdentity } from '../ledger/process-identity.ts'
import type { SchedulingProject } from '../ledger/sync-schedules.ts'
import type { FiringRow, RunRow } from '../ledger/tables.ts'
import type { ProjectHome } from './project-home.ts'
import type { RunEvent } from './run-context.ts'
import type { StandingPipeline } from './run-worker.ts'

/** What a dispatcher tells whoever watches it. */
export type DispatcherEvent =
  | { readonly kind: 'fired'; readonly firing: FiringRow }
  | { readonly kind: 'firing-ended'; readonly firing: FiringRow }
  | { readonly kind: 'run-opened'; readonly run: RunRow }
  | { readonly kind: 'run-closed'; readonly run: RunRow }
  | RunEvent

export interface DispatcherRequest {
  readonly pipelines: readonly StandingPipeline[]
  /** Whose schedules it writes, and takes away. */
  readonly project: SchedulingProject
  readonly ledger: Ledger
  readonly home: ProjectHome
  readonly owner: ProcessIdentity
  readonly clock: Clock
  /** Aborted: nothing more is fired; what is being looked for is broken off and handed back. */
  readonly stopping: AbortSignal
  readonly emit: (pipeline: string, event: DispatcherEvent) => void
  /** Told of what keeps the dispatcher from its work for now. */
  readonly trouble: (error: CauceError, pipeline?: string) => void
  /** Told after each look at the clock, for whoever asks whether it is alive. */
  readonly ticked: (nowMs: number) => void
  /** There may be work for workers. */
  readonly foundWork: () => void
  /** What is done besides: when a run has closed, and at each look. Failures are told as trouble and do not stop it. */
  readonly besides: DispatcherBesides
}

export interface DispatcherBesides {
  readonly runClosed: (pipeline: StandingPipeline, run: RunRow) => Promise<void>
  readonly everyTick: (nowMs: number) => Promise<void>
}
