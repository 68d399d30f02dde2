import type { Kysely } from 'kysely'
import type { ErrorDetails } from '../model/cauce-error.ts'
import type { ErrorCodeName } from '../model/error-codes.ts'
import { ACTIVE_STATES, type ItemState, NO_ROWS, type RowCounts, type RunState } from '../model/item-state.ts'
import type { RuleCount } from '../model/rule-count.ts'
import { type Bounds, dayBounds } from '../plan/day-bounds.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import { sumOfCounts } from './sum-of-counts.ts'
import type { FiringCause, ItemRow, LedgerTables } from './tables.ts'

export interface DayRequest {
  readonly pipeline: string
  /** yyyy-MM-dd in the zone. */
  readonly day: string
  readonly timezone: string
  readonly nowMs: number
}

/**
 * What a pipeline did on one day: plain data, kept as JSON when the day is closed. Items belong to the day they ended on; one that
 * ended again on a later day belongs to that one. Times in ms since 1970 UTC.
 */
export interface DayFigures extends Bounds {
  readonly pipeline: string
  readonly day: string
  readonly timezone: string
  /** When the figures were taken. */
  readonly takenMs: number
  readonly files: FileFigures
  /** Of all files that ended. Replays are counted apart: their rows were read before. */
  readonly rows: RowCounts
  /** Of the files that were loaded. */
  readonly loadedBytes: number
  readonly replays: { readonly items: number; readonly rows: RowCounts }
  /** Those broken most, errors before warnings. */
  readonly rules: readonly BrokenRuleFigures[]
  readonly slowest: readonly SlowFile[]
  /** Tries beyond the first of each item that ended, and how many items needed them. */
  readonly retries: { readonly tries: number; readonly items: number }
  readonly runs: RunFigures
  /** What waited to be looked at or tried again when the figures were taken, whatever day it is of. */
  readonly waiting: WaitingFigures
  /** Items to be done or in work when the figures were taken. */
  readonly open: number
}

export interface FileFigures {
  readonly total: number
  readonly byState: Readonly<Partial<Record<ItemState, number>>>
  readonly loaded: number
  /** failed_layout, failed_system and refused. */
  readonly failed: number
  /** loaded / (loaded + failed); null when there is neither. */
  readonly successRate: number | null
}

/** A broken rule, with the number of items that broke it. */
export interface BrokenRuleFigures extends RuleCount {
  readonly items: number
}

export interface SlowFile {
  readonly id: number
  readonly key: string
  readonly state: ItemState
  readonly tookMs: number
  readonly sizeBytes: number | null
  readonly read: number
}

export interface RunFigures {
  readonly total: number
  readonly byState: Readonly<Partial<Record<RunState, number>>>
  /** The newest of them, the oldest first. */
  readonly listed: readonly (RowCounts & {
    readonly id: string
    readonly state: RunState
    readonly cause: FiringCause
    readonly startedMs: number
    readonly finishedMs: number | null
    readonly items: number
  })[]
}

export interface WaitingFigures {
  readonly total: number
  readonly byState: Readonly<Partial<Record<ItemState, number>>>
  /** Those that wait longest, the oldest first. */
  readonly listed: readonly WaitingItem[]
}

export interface WaitingItem {
  readonly id: number
  readonly key: string
  readonly state: ItemState
  readonly sinceMs: number
  readonly attempts: number
  readonly dayRetries: number
  readonly errorCode: ErrorCodeName | null
  readonly errorDetails: ErrorDetails
}

/** States in which an item waits to be looked at, mended or tried again. */
export const QUARANTINE_STATES = [
  'failed_layout',
  'failed_system',
  'refused',
] as const satisfies readonly ItemState[]

const LOADED: readonly ItemState[] = ['ready', 'ready_with_rejects']
const MOST_RULES = 10
const MOST_SLOW = 5
const MOST_RUNS = 50
const MOST_WAITING = 50

/** The figures of one day as the ledger has them now. @throws {CauceError} LEDGER_FAILED */
export async function dayFigures(ledger: Ledger, request: DayRequest): Promise<DayFigures> {
  const { pipeline, day, timezone, nowMs } = request
  const bounds = dayBounds(day, timezone)
  const scope = { pipeline, ...bounds }
  const found = await readLedger(ledger, async (db) => ({
    groups: await countEnded(db, scope),
    rules: await countRules(db, scope),
    slowest: await findSlowest(db, scope),
    retries: await countRetries(db, scope),
    runs: await findRuns(db, scope),
    waiting: await findWaiting(db, pipeline),
    open: await countOpen(db, pipeline),
  }))
  const files = found.groups.filter(({ kind }) => kind !== 'replay')
  const replays = found.groups.filter(({ kind }) => kind === 'replay')
  const { slowest, retries, waiting, open } = found
  return {
    pipeline,
    day,
    timezone,
    ...bounds,
    takenMs: nowMs,
    files: fileFigures(files),
    rows: addRows(files),
    loadedBytes: sum(
      files.filter(({ state }) => LOADED.includes(state)),
      ({ bytes }) => bytes,
    ),
    replays: { items: sum(replays, ({ items }) => items), rows: addRows(replays) },
    rules: found.rules,
    slowest,
    retries,
    runs: runFigures(found.runs),
    waiting,
    open,
  }
}

/** Counts of files by state, and what follows from them. */
export function fileFigures(
  groups: readonly { readonly state: ItemState; readonly items: number }[],
): FileFigures {
  const of = (states: readonly ItemState[]): number =>
    sum(
      groups.filter(({ state }) => states.includes(state)),
      ({ items }) => items,
    )
  const [loaded, failed] = [of(LOADED), of(QUARANTINE_STATES)]
  return {
    total: sum(groups, ({ items }) => items),
    byState: tally(groups),
    loaded,
    failed,
    successRate: loaded + failed === 0 ? null : loaded / (loaded + failed),
  }
}

/** Sums of row counts. */
export function addRows(counts: readonly RowCounts[]): RowCounts {
  return counts.reduce<RowCounts>(
    (total, { read, loaded, rejected, skipped, warnings }) => ({
      read: total.read + read,
      loaded: total.loaded + loaded,
      rejected: total.rejected + rejected,
      skipped: total.skipped + skipped,
      warnings: total.warnings + warnings,
    }),
    NO_ROWS,
  )
}

/** How many there are of each state. */
function tally<State extends string>(
  groups: readonly { readonly state: State; readonly items: number }[],
): Readonly<Partial<Record<State, number>>> {
  const counts: Partial<Record<State, number>> = {}
  for (const { state, items } of groups) counts[state] = (counts[state] ?? 0) + items
  return counts
}

interface Scope extends Bounds {
  readonly pipeline: string
}

type Db = Kysely<LedgerTables>

/** The items that ended in a stretch of time. */
function endedItems(db: Db, { pipeline, fromMs, untilMs }: Scope) {
  return db
    .selectFrom('item')
    .where('item.pipeline', '=', pipeline)
    .where('item.finishedMs', '>=', fromMs)
    .where('item.finishedMs', '<', untilMs)
}

async function countEnded(db: Db, scope: Scope) {
  return endedItems(db, scope)
    .groupBy(['kind', 'state'])
    .select(['kind', 'state'])
    .select(sumOfCounts)
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('sizeBytes'), eb.lit(0)).as('bytes'))
    .execute()
}

async function countRules(db: Db, scope: Scope): Promise<readonly BrokenRuleFigures[]> {
  const rules = await endedItems(db, scope)
    .innerJoin('ruleCount', 'ruleCount.itemId', 'item.id')
    .where('item.kind', '!=', 'replay')
    .groupBy(['ruleCount.code', 'ruleCount.level'])
    .select(({ fn }) => [
      'ruleCount.code',
      'ruleCount.level',
      fn.sum<number>('ruleCount.rows').as('rows'),
      fn.countAll<number>().as('items'),
    ])
    .orderBy('rows', 'desc')
    .orderBy('ruleCount.code')
    .execute()
  const ofLevel = (wanted: RuleCount['level']) =>
    rules.filter(({ level }) => level === wanted).slice(0, MOST_RULES)
  return [...ofLevel('error'), ...ofLevel('warning')]
}

/** By the time of the try that ended them. */
async function findSlowest(db: Db, scope: Scope): Promise<readonly SlowFile[]> {
  const rows = await endedItems(db, scope)
    .innerJoin('attempt', (join) =>
      join.onRef('attempt.itemId', '=', 'item.id').onRef('attempt.epoch', '=', 'item.epoch'),
    )
    .where('item.kind', '!=', 'replay')
    .where('attempt.finishedMs', 'is not', null)
    .select(['item.id', 'item.key', 'item.state', 'item.sizeBytes', 'item.read'])
    .select((eb) => eb('attempt.finishedMs', '-', eb.ref('attempt.startedMs')).as('tookMs'))
    .orderBy('tookMs', 'desc')
    .orderBy('item.id')
    .limit(MOST_SLOW)
    .execute()
  return rows.map(({ tookMs, ...row }) => ({ ...row, tookMs: tookMs ?? 0 }))
}

async function countRetries(db: Db, scope: Scope): Promise<DayFigures['retries']> {
  const { tries, items } = await endedItems(db, scope)
    .innerJoin('attempt', 'attempt.itemId', 'item.id')
    .where('attempt.number', '>', 1)
    .where('attempt.startedMs', '>=', scope.fromMs)
    .where('attempt.startedMs', '<', scope.untilMs)
    .select(({ fn }) => [
      fn.countAll<number>().as('tries'),
      fn.count<number>('attempt.itemId').distinct().as('items'),
    ])
    .executeTakeFirstOrThrow()
  return { tries, items }
}

async function findRuns(db: Db, { pipeline, fromMs, untilMs }: Scope) {
  const began = db
    .selectFrom('run')
    .where('pipeline', '=', pipeline)
    .where('startedMs', '>=', fromMs)
    .where('startedMs', '<', untilMs)
  return {
    counts: await began
      .groupBy('state')
      .select(({ fn }) => ['state', fn.countAll<number>().as('items')])
      .execute(),
    newest: await began
      .select(['id', 'state', 'cause', 'startedMs', 'finishedMs', 'items'])
      .select(['read', 'loaded', 'rejected', 'skipped', 'warnings'])
      .orderBy('id', 'desc')
      .limit(MOST_RUNS)
      .execute(),
  }
}

function runFigures({ counts, newest }: Awaited<ReturnType<typeof findRuns>>): RunFigures {
  return { total: sum(counts, ({ items }) => items), byState: tally(counts), listed: newest.toReversed() }
}

async function findWaiting(db: Db, pipeline: string): Promise<WaitingFigures> {
  const waiting = db
    .selectFrom('item')
    .where('pipeline', '=', pipeline)
    .where('state', 'in', QUARANTINE_STATES)
  const counts = await waiting
    .groupBy('state')
    .select(({ fn }) => ['state', fn.countAll<number>().as('items')])
    .execute()
  const oldest = await waiting
    .select(['id', 'key', 'state', 'finishedMs', 'updatedMs', 'attempts', 'dayRetries'])
    .select(['errorCode', 'errorDetails'])
    .orderBy('finishedMs')
    .orderBy('id')
    .limit(MOST_WAITING)
    .execute()
  return {
    total: sum(counts, ({ items }) => items),
    byState: tally(counts),
    listed: oldest.map(({ finishedMs, updatedMs, errorDetails, ...item }) => ({
      ...item,
      sinceMs: finishedMs ?? updatedMs,
      errorDetails: detailsOf(errorDetails),
    })),
  }
}

function detailsOf(stored: ItemRow['errorDetails']): ErrorDetails {
  return stored === null ? {} : (JSON.parse(stored) as ErrorDetails)
}

async function countOpen(db: Db, pipeline: string): Promise<number> {
  const { items } = await db
    .selectFrom('item')
    .where('pipeline', '=', pipeline)
    .where('state', 'in', ['pending', ...ACTIVE_STATES])
    .select(({ fn }) => fn.countAll<number>().as('items'))
    .executeTakeFirstOrThrow()
  return items
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
