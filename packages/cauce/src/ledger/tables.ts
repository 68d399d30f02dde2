import type { Generated, Selectable } from 'kysely'
import type { ErrorClass } from '../model/error-class.ts'
import type { ErrorCodeName } from '../model/error-codes.ts'
import type { ItemState, RowCounts, RunState } from '../model/item-state.ts'
import type { RuleCount } from '../model/rule-count.ts'

/**
 * The ledger's tables as TypeScript sees them (snake_case in the database). Only whole numbers and text, the same in every
 * engine; names ending in `Ms` are milliseconds since 1970 UTC.
 */
export interface LedgerTables {
  plan: PlanTable
  run: RunTable
  item: ItemTable
  attempt: AttemptTable
  transition: TransitionTable
  ruleCount: RuleCountTable
  replayed: ReplayedTable
  worker: WorkerTable
  seat: SeatTable
  schedule: ScheduleTable
  firing: FiringTable
  pipelineControl: PipelineControlTable
  alert: AlertTable
  delivery: DeliveryTable
  dayClose: DayCloseTable
}

interface PlanTable {
  readonly hash: string
  readonly pipeline: string
  /** The whole plan as JSON. */
  readonly json: string
  readonly firstSeenMs: number
}

interface RunTable extends CountColumns {
  readonly id: string
  readonly pipeline: string
  readonly planHash: string
  state: RunState
  readonly host: string
  readonly pid: number
  readonly processStart: string
  readonly startedMs: number
  finishedMs: number | null
  /** Totals over the run's items, written when it closes. */
  items: Generated<number>
  /** `attached` runs end with the process that began them; `dispatched` ones are closed by any dispatcher. */
  readonly mode: Generated<'attached' | 'dispatched'>
  readonly cause: Generated<FiringCause>
  /** yyyy-MM-dd; null: each worker's own day. */
  readonly referenceDate: string | null
  /** When its items were all recorded; it may close only then. */
  discoveredMs: number | null
}

export type FiringCause = 'schedule' | 'missed' | 'manual' | 'after'

/** What a pipeline does by the clock: everything, or its two halves apart. */
export type Rhythm = 'run' | 'discover' | 'dispatch'

/** `read = loaded + rejected + skipped` is a CHECK of the table. */
type CountColumns = { -readonly [Name in keyof RowCounts]: Generated<number> }

interface ErrorColumns {
  errorClass: ErrorClass | null
  errorCode: ErrorCodeName | null
  /** JSON of the error's details: never rows, never secrets. */
  errorDetails: string | null
}

/** One version of one item. It has an owner and a lease exactly while its state is an active one (a CHECK of the table). */
interface ItemTable extends CountColumns, ErrorColumns {
  readonly id: Generated<number>
  readonly pipeline: string
  readonly key: string
  /** What the source's listing says of these bytes, `size:mtime` for files: decides only whether to look. */
  readonly version: string
  /** 0; raised by each reload. */
  readonly generation: number
  readonly kind: ItemKind
  /** For replays: the load whose rejects these rows were. */
  readonly originLoadKey: string | null
  sizeBytes: number | null
  modifiedMs: number | null
  /** Of the bytes read, hex; null until they were. */
  sha256: string | null
  loadKey: string | null
  state: ItemState
  runId: string
  planHash: string
  /** Tries used up in all, the present one included. */
  attempts: Generated<number>
  /** Tries used up since it was recorded or a person sent it back. */
  roundAttempts: Generated<number>
  /** Not to be claimed before. */
  dueMs: Generated<number>
  /** The only host that can read it, for local paths. */
  readonly boundHost: string | null
  ownerHost: string | null
  ownerPid: number | null
  ownerStart: string | null
  leaseUntilMs: number | null
  /** Fencing number: one more with each claim. */
  epoch: Generated<number>
  progressBytes: number | null
  progressRows: number | null
  backup: string | null
  sourceDeletedMs: number | null
  /** sha256 of the file of rejects. */
  rejectsSha256: string | null
  readonly discoveredMs: number
  updatedMs: number
  finishedMs: number | null
  /** Greater ones are claimed first. */
  priority: Generated<number>
  /** Somebody wants it cancelled since then; the next heartbeat of whoever holds it tells. */
  cancelMs: number | null
  cancelBy: string | null
  /** Rounds of tries begun by themselves on later days. */
  dayRetries: Generated<number>
  /** Folder that holds its file and its story. */
  quarantine: string | null
  quarantinedMs: number | null
}

export type ItemKind = 'file' | 'replay'

interface AttemptTable extends ErrorColumns {
  readonly id: Generated<number>
  readonly itemId: number
  /** The item's `attempts` while it ran; a try handed back gives its number to the next. */
  readonly number: number
  readonly epoch: number
  readonly runId: string
  readonly worker: string
  readonly startedMs: number
  finishedMs: number | null
  outcome: AttemptOutcome | null
  /** The stage it ended in. */
  stage: ItemState | null
}

/** The item's final state; or `failed` (tries left), `handed_back` (no try used up), `lost` (its owner died or let the lease run out). */
export type AttemptOutcome = ItemState | 'failed' | 'handed_back' | 'lost'

interface TransitionTable {
  readonly id: Generated<number>
  readonly itemId: number
  readonly atMs: number
  /** Null: the item was recorded. */
  readonly fromState: ItemState | null
  readonly toState: ItemState
  /** `host:pid`, or whoever did it by hand. */
  readonly worker: string
  readonly reason: string | null
}

interface RuleCountTable extends RuleCount {
  readonly itemId: number
}

/** A rejected record that was mended and loaded; each at most once, ever. */
interface ReplayedTable {
  readonly originLoadKey: string
  readonly record: number
  readonly itemId: number
  readonly atMs: number
}

/** A process that dispatches or works, as it last said. */
interface WorkerTable {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly processStart: string
  /** Joined by `+`: dispatcher, worker, server. */
  readonly roles: string
  readonly jobs: number
  readonly cauceVersion: string
  /** `lost`: it stopped beating without a word. */
  state: 'working' | 'stopping' | 'ended' | 'lost'
  readonly startedMs: number
  beatMs: number
  endedMs: number | null
  /** What is written in its home; null: it keeps none, or an older Cauce wrote this. */
  readonly homeId: string | null
  /** JSON: names of the pipelines it stands for. */
  readonly pipelines: string | null
}

/** One of a fixed number of places at a resource; a seat is a connection. Taken exactly while it has a token. */
interface SeatTable {
  readonly resource: string
  /** From 1. */
  readonly number: number
  token: string | null
  ownerHost: string | null
  ownerPid: number | null
  ownerStart: string | null
  itemId: number | null
  takenMs: number | null
  leaseUntilMs: number | null
}

interface ScheduleTable {
  readonly pipeline: string
  readonly rhythm: Rhythm
  /** JSON of the plan's own words. */
  spec: string
  /** Null: it never fires by itself. */
  nextMs: number | null
  lastMs: number | null
  changedMs: number
  /** Who declared it last; null: of before that was written. */
  project: string | null
}

interface FiringTable {
  readonly id: Generated<number>
  readonly pipeline: string
  readonly rhythm: Rhythm
  readonly cause: FiringCause
  /** Unique: what makes it happen once. */
  readonly token: string
  state: 'waiting' | 'started' | 'done' | 'failed' | 'skipped'
  readonly dueMs: number
  readonly requestedBy: string
  /** JSON. */
  readonly options: string
  reason: string | null
  runId: string | null
  ownerHost: string | null
  ownerPid: number | null
  ownerStart: string | null
  leaseUntilMs: number | null
  readonly createdMs: number
  startedMs: number | null
  finishedMs: number | null
}

interface PipelineControlTable {
  readonly pipeline: string
  pausedMs: number | null
  pausedBy: string | null
  reason: string | null
}

/** Something a person should know of; open until it is resolved, and then never again: a return is another alert. */
interface AlertTable {
  readonly id: Generated<number>
  readonly rule: string
  readonly subject: string
  readonly pipeline: string | null
  /** JSON: never rows, never secrets. */
  details: string
  readonly openedMs: number
  seenMs: number
  resolvedMs: number | null
}

interface DeliveryTable {
  readonly id: Generated<number>
  readonly alertId: number
  readonly kind: 'opened' | 'resolved'
  readonly channel: string
  attempts: Generated<number>
  dueMs: number
  deliveredMs: number | null
  givenUpMs: number | null
  error: string | null
}

interface DayCloseTable {
  readonly pipeline: string
  /** yyyy-MM-dd in the pipeline's own zone. */
  readonly day: string
  closedMs: number
  /** JSON of the day's figures, kept when details are gone. */
  report: string
  /** Path of the day's archive, and its hash. */
  backup: string | null
  backupSha256: string | null
}

export type RunRow = Selectable<RunTable>
export type ItemRow = Selectable<ItemTable>
export type AttemptRow = Selectable<AttemptTable>
export type TransitionRow = Selectable<TransitionTable>
export type RuleCountRow = Selectable<RuleCountTable>
export type WorkerRow = Selectable<WorkerTable>
export type SeatRow = Selectable<SeatTable>
export type ScheduleRow = Selectable<ScheduleTable>
export type FiringRow = Selectable<FiringTable>
export type PipelineControlRow = Selectable<PipelineControlTable>
export type AlertRow = Selectable<AlertTable>
export type DeliveryRow = Selectable<DeliveryTable>
export type DayCloseRow = Selectable<DayCloseTable>

/** What a worker shows to write to an item: its id and the fencing number its claim was given. */
export interface Claim {
  readonly id: number
  readonly epoch: number
}
