import { ACTIVE_STATES, type ItemState, WAITING_STATES } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import { sumOfCounts } from './sum-of-counts.ts'
import type { ItemRow } from './tables.ts'

/** What alerts ask of an item. */
export type ItemEvidence = Pick<ItemRow, (typeof EVIDENCE)[number]>

const EVIDENCE = [
  'id',
  'pipeline',
  'key',
  'kind',
  'state',
  'runId',
  'attempts',
  'dayRetries',
  'dueMs',
  'errorClass',
  'errorCode',
  'errorDetails',
  'read',
  'rejected',
  'loadKey',
  'originLoadKey',
  'quarantine',
  'quarantinedMs',
  'updatedMs',
] as const

const FAILING: readonly ItemState[] = ['failed_system', ...WAITING_STATES]
const GOOD: readonly ItemState[] = ['ready', 'ready_with_rejects']

/** Bounds the parameters of one statement. */
const IDS_PER_STATEMENT = 1_000

/** Whether an item waits for somebody, or for tomorrow. */
export function isFailing({ state }: Pick<ItemRow, 'state'>): boolean {
  return FAILING.includes(state)
}

/** Whether it is still to be worked on: what becomes of it is not known yet. */
export function isUnsettled({ state }: Pick<ItemRow, 'state'>): boolean {
  return state === 'pending' || (ACTIVE_STATES as readonly ItemState[]).includes(state)
}

/** Items whose state changed after a transition, as they are now, and the transition to go on from. */
export interface ChangedItems {
  readonly items: readonly ItemEvidence[]
  readonly cursor: number
}

/**
 * Items that settled since transition `cursor`. Walks the transitions since then and nothing else, however many items there
 * are. The next look begins at what is older than `overlapMs`: on PostgreSQL a transition can be seen after a later one.
 */
export async function changedItems(
  ledger: Ledger,
  request: {
    readonly cursor: number
    readonly pipelines: readonly string[]
    readonly overlapMs: number
    readonly nowMs: number
  },
): Promise<ChangedItems> {
  const { cursor, pipelines, overlapMs, nowMs } = request
  if (pipelines.length === 0) return { items: [], cursor }
  const { ids, oldId } = await readLedger(ledger, async (db) => {
    const old = await db
      .selectFrom('transition')
      .where('id', '>', cursor)
      .where('atMs', '<=', nowMs - overlapMs)
      .select(({ fn }) => fn.max('id').as('id'))
      .executeTakeFirst()
    const rows = await db.selectFrom('transition').where('id', '>', cursor).select('itemId').execute()
    return { ids: [...new Set(rows.map(({ itemId }) => itemId))], oldId: old?.id ?? 0 }
  })
  // Asked in one with transitions or pipelines, engines have been seen to walk all items: by ids alone they cannot.
  const items = await itemsById(ledger, ids)
  return {
    items: items.filter((item) => pipelines.includes(item.pipeline) && !isUnsettled(item)),
    cursor: Math.max(cursor, oldId),
  }
}

/**
 * The last transition before a moment, found by halving: transitions have no index by time, but their numbers go with it.
 * 0 where there is none.
 */
export async function transitionBefore(ledger: Ledger, atMs: number): Promise<number> {
  return readLedger(ledger, async (db) => {
    const last = await db
      .selectFrom('transition')
      .select(({ fn }) => fn.max('id').as('id'))
      .executeTakeFirst()
    let [before, after] = [0, (last?.id ?? 0) + 1]
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2)
      const found = await db
        .selectFrom('transition')
        .where('id', '>=', middle)
        .orderBy('id')
        .limit(1)
        .select(['id', 'atMs'])
        .executeTakeFirst()
      if (found !== undefined && found.id < after && found.atMs < atMs) before = found.id
      else after = middle
    }
    return before
  })
}

/** Every item of these pipelines that failed or waits for a person. Walks an index over exactly those. */
export async function failingItems(
  ledger: Ledger,
  pipelines: readonly string[],
): Promise<readonly ItemEvidence[]> {
  if (pipelines.length === 0) return []
  return readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where('state', 'in', FAILING)
      .where('pipeline', 'in', pipelines)
      .select(EVIDENCE)
      .execute(),
  )
}

/** What a run leaves undone. */
export interface RunTrouble {
  /** How many of its items failed or wait for a person. */
  readonly failing: number
  /** An item with an error, the oldest; undefined: no item tells why the run failed. */
  readonly example: ItemEvidence | undefined
}

export async function troubleOfRun(ledger: Ledger, runId: string): Promise<RunTrouble> {
  return readLedger(ledger, async (db) => {
    const ofRun = db.selectFrom('item').where('runId', '=', runId)
    const states = await ofRun
      .groupBy('state')
      .select(({ fn }) => ['state', fn.countAll<number>().as('items')])
      .execute()
    const example = await ofRun
      .where('errorCode', 'is not', null)
      .orderBy('id')
      .limit(1)
      .select(EVIDENCE)
      .executeTakeFirst()
    const failing = states.filter(isFailing).reduce((sum, { items }) => sum + items, 0)
    return { failing, example }
  })
}

/** Items by their ids; those that are gone are left out. */
export async function itemsById(ledger: Ledger, ids: readonly number[]): Promise<readonly ItemEvidence[]> {
  const found: ItemEvidence[] = []
  for (let start = 0; start < ids.length; start += IDS_PER_STATEMENT) {
    const some = ids.slice(start, start + IDS_PER_STATEMENT)
    found.push(
      ...(await readLedger(ledger, (db) =>
        db.selectFrom('item').where('id', 'in', some).select(EVIDENCE).execute(),
      )),
    )
  }
  return found
}

/** The files these loads were of: what a replay mends is a reject of one of them. */
export async function filesOfLoads(
  ledger: Ledger,
  loadKeys: readonly string[],
): Promise<readonly ItemEvidence[]> {
  const found: ItemEvidence[] = []
  for (let start = 0; start < loadKeys.length; start += IDS_PER_STATEMENT) {
    const some = loadKeys.slice(start, start + IDS_PER_STATEMENT)
    found.push(
      ...(await readLedger(ledger, (db) =>
        db
          .selectFrom('item')
          .where('loadKey', 'in', some)
          .where('kind', '=', 'file')
          .select(EVIDENCE)
          .execute(),
      )),
    )
  }
  return found
}

/** How many rejects of each of these loads were mended and loaded since; loads without any are absent. */
export async function replayedCounts(
  ledger: Ledger,
  loadKeys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (let start = 0; start < loadKeys.length; start += IDS_PER_STATEMENT) {
    const some = loadKeys.slice(start, start + IDS_PER_STATEMENT)
    const rows = await readLedger(ledger, (db) =>
      db
        .selectFrom('replayed')
        .where('originLoadKey', 'in', some)
        .groupBy('originLoadKey')
        .select(({ fn }) => ['originLoadKey', fn.countAll<number>().as('records')])
        .execute(),
    )
    for (const { originLoadKey, records } of rows) counts.set(originLoadKey, records)
  }
  return counts
}

/** Rows of a stretch of time. */
export interface RowsRead {
  readonly files: number
  readonly read: number
  readonly rejected: number
}

/**
 * Rows of the files of a pipeline that were loaded from `fromMs` on. Walks the items of the runs begun since `runsFromId`, not
 * all items.
 */
export async function rowsLoadedSince(
  ledger: Ledger,
  request: { readonly pipeline: string; readonly fromMs: number; readonly runsFromId: string },
): Promise<RowsRead> {
  const { pipeline, fromMs, runsFromId } = request
  const runs = await readLedger(ledger, (db) =>
    db
      .selectFrom('run')
      .where('id', '>=', runsFromId)
      .where('pipeline', '=', pipeline)
      .select('id')
      .execute(),
  )
  const total = { files: 0, read: 0, rejected: 0 }
  for (let start = 0; start < runs.length; start += IDS_PER_STATEMENT) {
    const ids = runs.slice(start, start + IDS_PER_STATEMENT).map(({ id }) => id)
    const found = await readLedger(ledger, (db) =>
      db
        .selectFrom('item')
        .where('runId', 'in', ids)
        .where('finishedMs', '>=', fromMs)
        // Asked for states, SQLite would walk all items of them instead of those of the runs.
        .groupBy(['kind', 'state'])
        .select(['kind', 'state'])
        .select(sumOfCounts)
        .execute(),
    )
    for (const { kind, state, items, read, rejected } of found) {
      if (kind !== 'file' || !GOOD.includes(state)) continue
      total.files += items
      total.read += read
      total.rejected += rejected
    }
  }
  return total
}

/** When the newest file of a pipeline was first seen; undefined: it has none. One step into an index for each state. */
export async function newestFileMs(ledger: Ledger, pipeline: string): Promise<number | undefined> {
  const states: readonly ItemState[] = [
    'pending',
    ...ACTIVE_STATES,
    ...GOOD,
    ...FAILING,
    'duplicate',
    'superseded',
    'cancelled',
  ]
  const found: number[] = []
  for (const state of states) {
    const newest = await readLedger(ledger, (db) =>
      db
        .selectFrom('item')
        .where('state', '=', state)
        .where('pipeline', '=', pipeline)
        .where('kind', '=', 'file')
        .orderBy('id', 'desc')
        .limit(1)
        .select('discoveredMs')
        .executeTakeFirst(),
    )
    if (newest !== undefined) found.push(newest.discoveredMs)
  }
  return found.length === 0 ? undefined : Math.max(...found)
}
