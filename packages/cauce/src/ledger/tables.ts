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
}

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

export type RunRow = Selectable<RunTable>
export type ItemRow = Selectable<ItemTable>
export type AttemptRow = Selectable<AttemptTable>
export type TransitionRow = Selectable<TransitionTable>
export type RuleCountRow = Selectable<RuleCountTable>

/** What a worker shows to write to an item: its id and the fencing number its claim was given. */
export interface Claim {
  readonly id: number
  readonly epoch: number
}
