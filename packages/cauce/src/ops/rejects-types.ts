import type { Clock } from '../model/clock.ts'
import type { Plan } from '../model/plan.ts'
import type { ProjectHome } from '../dispatch/project-home.ts'
import type { RunEvent } from '../dispatch/run-context.ts'
import type { RunResult } from '../dispatch/run-pipeline.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { ResolvedSettings } from '../plan/resolve-settings.ts'

/** Writes the rejects of one load for a person to mend. */
export interface ExportRejectsRequest {
  readonly home: ProjectHome
  readonly ledger: Ledger
  /** The plan the rows will go back through: its contract's columns become those of the file. */
  readonly plan: Plan
  /** The item whose rejects these are; its `loadKey` names them. */
  readonly item: ItemRow
  /** Absolute; an existing file is never overwritten. */
  readonly outPath: string
}

/** What was written. */
export interface ExportedRejects {
  readonly path: string
  readonly rows: number
  /** Rejects left out because an earlier replay loaded them. */
  readonly alreadyReplayed: number
}

/** @throws {CauceError} REJECTS_OF_REPLAY, REJECTS_NONE, REJECTS_UNREADABLE, FILE_EXISTS, CONFIG_INVALID, DISK_FULL */
export type ExportRejects = (request: ExportRejectsRequest) => Promise<ExportedRejects>

/** Sends rejects of one load back through the contract, as an item of its own that is linked to its origin. */
export interface ReplayRejectsRequest {
  readonly home: ProjectHome
  readonly ledger: Ledger
  readonly plan: Plan
  readonly settings: ResolvedSettings
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The item whose rejects these are. */
  readonly item: ItemRow
  /** A mended file made by `exportRejects`, absolute; undefined: the rows as they were kept (after a rule was changed). */
  readonly mendedPath: string | undefined
  readonly emit: (event: RunEvent) => void
}

/** A replay is a run of its own: its one item is the replay, with its own accounting. */
export interface ReplayResult extends RunResult {
  /** The replay as an earlier run left it, when these very rows had been replayed by this very plan: nothing was done now. */
  readonly known: ItemRow | undefined
}

/**
 * @throws {CauceError} before anything is recorded: REJECTS_OF_REPLAY, REJECTS_NONE, REJECTS_UNREADABLE, and LAYOUT_COLUMNS,
 * FILE_UNREADABLE, REPLAY_OTHER_LOAD, REPLAY_RECORD, REPLAY_TWICE for a file that does not mend these rejects
 */
export type ReplayRejects = (request: ReplayRejectsRequest) => Promise<ReplayResult>
