import type { ErrorReport } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { ProcessIdentity } from '../ledger/process-identity.ts'
import type { ItemOutcome } from '../perform/task.ts'
import type { Stage } from '../perform/messages.ts'
import type { ResolvedSettings } from '../plan/resolve-settings.ts'
import type { ProjectHome } from './project-home.ts'
import type { SeatKeeper } from './seat-keeper.ts'

/** What a run tells whoever started it, as it happens. */
export type RunEvent =
  | { readonly kind: 'discovered'; readonly listed: number; readonly fresh: number }
  | { readonly kind: 'started'; readonly item: ItemRow }
  | {
      readonly kind: 'progress'
      readonly item: ItemRow
      readonly stage: Stage
      readonly bytes: number | undefined
      readonly rows: number | undefined
    }
  /** A stage failed and is tried again within the attempt; `next` is the number of that try. */
  | {
      readonly kind: 'stage-retried'
      readonly item: ItemRow
      readonly stage: Stage
      readonly next: number
      readonly error: ErrorReport
    }
  | { readonly kind: 'ended'; readonly item: ItemRow; readonly outcome: ItemOutcome }
  | { readonly kind: 'handed-back'; readonly item: ItemRow; readonly outcome: ItemOutcome }
  /** Somebody wanted it so; nothing of it was loaded. */
  | { readonly kind: 'cancelled'; readonly item: ItemRow }
  /** It failed and has tries left; the next one begins at the given time or later. */
  | {
      readonly kind: 'to-be-retried'
      readonly item: ItemRow
      readonly outcome: ItemOutcome
      readonly dueMs: number
      /** How many tries there are in all. */
      readonly attempts: number
    }
  /** Items that another process holds; its lease ends at the given time. */
  | { readonly kind: 'held-elsewhere'; readonly items: readonly ItemRow[]; readonly untilMs: number }
  /** It failed, and its file and story lie in the folder. */
  | { readonly kind: 'quarantined'; readonly item: ItemRow; readonly folder: string }
  /** It failed, and its file could not be put aside for now. */
  | { readonly kind: 'quarantine-failed'; readonly item: ItemRow; readonly error: ErrorReport }
  | { readonly kind: 'note'; readonly text: string }

/** Everything the steps of one run share. */
export interface RunContext {
  readonly plan: Plan
  readonly settings: ResolvedSettings
  readonly ledger: Ledger
  readonly home: ProjectHome
  readonly owner: ProcessIdentity
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly runId: string
  readonly referenceDate: string
  readonly jobs: number
  readonly seats: SeatKeeper
  /** How long an item that met no access, or a wrong setting, stays away. 0 in a run that ends with it. */
  readonly handBackPauseMs: number
  readonly emit: (event: RunEvent) => void
}
