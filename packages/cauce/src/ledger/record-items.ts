import type { Kysely, Transaction } from 'kysely'
import type { ItemState } from '../model/item-state.ts'
import { HELD_MS } from './held-ms.ts'
import { type ListedVersion, versionOf } from './item-version.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import { hasRowLocks } from './lock-rows.ts'
import { mayBeCommitted } from './may-be-committed.ts'
import { type Move, moveUnclaimed } from './move-unclaimed.ts'
import { type ProcessIdentity, workerName } from './process-identity.ts'
import { recordTransitions } from './record-transitions.ts'
import type { ItemKind, ItemRow, LedgerTables } from './tables.ts'

/** One item as its source lists it now. A source's own entries fit. */
export interface ItemEntry extends ListedVersion {
  /** 0 when absent. */
  readonly generation?: number
  /** `file` when absent. */
  readonly kind?: ItemKind
  /** For replays, and only for them: the load whose rejects these rows are. */
  readonly originLoadKey?: string
}

export interface RecordItemsRequest {
  readonly pipeline: string
  readonly runId: string
  readonly planHash: string
  readonly owner: ProcessIdentity
  /** The only host that reaches the items (local paths); null: any. */
  readonly boundHost: string | null
  readonly entries: readonly ItemEntry[]
  /** True: they are not to be claimed before `dispatchHeld` gives them to a run. */
  readonly held?: boolean
  /** Greater ones are claimed first; 0 when absent. */
  readonly priority?: number
  readonly nowMs: number
}

/** What an entry is in the ledger now, and whether this call recorded it. */
export interface RecordedItem {
  readonly item: ItemRow
  readonly isNew: boolean
}

/** Bounds the time a transaction holds the write lock, and its parameters. */
const ENTRIES_PER_TRANSACTION = 500

/** Failed or waiting, and nobody holds it: when its source shows other bytes under the key, these are gone. */
const REPLACEABLE: readonly ItemState[] = ['pending', 'failed_layout', 'failed_system', 'refused']

/**
 * Records the versions not seen before as `pending`, in the order given, and answers for every entry. A version shown again
 * after it was superseded, or gone, is pending again; other versions of its key that were never loaded become `superseded`,
 * but for those an earlier attempt may have loaded: their next try finds out.
 */
export async function recordItems(ledger: Ledger, request: RecordItemsRequest): Promise<RecordedItem[]> {
  const recorded: RecordedItem[] = []
  for (let start = 0; start < request.entries.length; start += ENTRIES_PER_TRANSACTION) {
    const entries = request.entries.slice(start, start + ENTRIES_PER_TRANSACTION)
    const some = { ...request, entries }
    // Most listings show nothing new: they write nothing, and wait for nobody who does.
    const known = await readLedger(ledger, (db) => findVersions(db, some))
    const isNews = unseen(some, known).length > 0 || moves(some, known).length > 0
    recorded.push(
      ...(isNews
        ? await writeLedger(ledger, (transaction) => recordSome(transaction, some))
        : answer(some, known, new Set())),
    )
  }
  return recorded
}

async function recordSome(
  transaction: Transaction<LedgerTables>,
  request: RecordItemsRequest,
): Promise<RecordedItem[]> {
  await waitForTurn(transaction, request)
  const known = await findVersions(transaction, request)
  const created = await insert(transaction, request, unseen(request, known))
  for (const move of moves(request, known)) {
    if (await mustBeAskedFor(transaction, move)) continue
    await moveUnclaimed(transaction, move)
  }
  return answer(request, await findVersions(transaction, request), created)
}

/**
 * Whether an item that would give way may be loaded already: its next try asks the destination's guard, and ends it the one way or
 * the other. One that waits for a person has no next try; it came there after the guard was asked.
 */
async function mustBeAskedFor(
  transaction: Transaction<LedgerTables>,
  { id, from, to }: Move,
): Promise<boolean> {
  if (to !== 'superseded' || (from !== 'pending' && from !== 'failed_system')) return false
  return mayBeCommitted(transaction, id)
}

/**
 * Where rivals write side by side, those who record listings of one pipeline do so one after the other: two that show different
 * versions of a key would not see each other's, and both would wait to be loaded. Nobody else waits for this lock.
 */
async function waitForTurn(
  transaction: Transaction<LedgerTables>,
  { pipeline }: RecordItemsRequest,
): Promise<void> {
  if (!hasRowLocks(transaction)) return
  await transaction
    .selectFrom('plan')
    .where('pipeline', '=', pipeline)
    .orderBy('hash')
    .select('hash')
    .forNoKeyUpdate()
    .execute()
}

function unseen({ entries }: RecordItemsRequest, known: readonly ItemRow[]): readonly ItemEntry[] {
  const identities = new Set(known.map(identityOfRow))
  return entries.filter((entry) => !identities.has(identityOf(entry)))
}

function answer(
  { entries }: RecordItemsRequest,
  rows: readonly ItemRow[],
  created: ReadonlySet<number>,
): RecordedItem[] {
  const byIdentity = new Map(rows.map((row) => [identityOfRow(row), row]))
  return entries.map((entry) => {
    const item = byIdentity.get(identityOf(entry))
    if (item === undefined) throw new TypeError(`item ${entry.key} was not recorded`)
    return { item, isNew: created.has(item.id) }
  })
}

async function findVersions(
  db: Kysely<LedgerTables>,
  { pipeline, entries }: RecordItemsRequest,
): Promise<ItemRow[]> {
  const keys = entries.map(({ key }) => key)
  return db.selectFrom('item').where('pipeline', '=', pipeline).where('key', 'in', keys).selectAll().execute()
}

/** Ids of the items created; a rival may have been first. */
async function insert(
  transaction: Transaction<LedgerTables>,
  { pipeline, runId, planHash, owner, boundHost, held, priority, nowMs }: RecordItemsRequest,
  entries: readonly ItemEntry[],
): Promise<ReadonlySet<number>> {
  if (entries.length === 0) return new Set()
  const rows = await transaction
    .insertInto('item')
    .values(
      entries.map((entry) => ({
        pipeline,
        key: entry.key,
        version: versionOf(entry),
        generation: entry.generation ?? 0,
        kind: entry.kind ?? 'file',
        originLoadKey: entry.originLoadKey ?? null,
        sizeBytes: entry.sizeBytes,
        modifiedMs: entry.modifiedMs,
        state: 'pending',
        runId,
        planHash,
        boundHost,
        dueMs: held === true ? HELD_MS : 0,
        priority: priority ?? 0,
        discoveredMs: nowMs,
        updatedMs: nowMs,
      })),
    )
    .onConflict((conflict) => conflict.columns(['pipeline', 'key', 'version', 'generation']).doNothing())
    .returning('id')
    .execute()
  const worker = workerName(owner)
  await recordTransitions(
    transaction,
    rows.map(({ id }) => ({
      itemId: id,
      atMs: nowMs,
      fromState: null,
      toState: 'pending',
      worker,
      reason: null,
    })),
  )
  return new Set(rows.map(({ id }) => id))
}

/** How known versions must move to follow what the source shows now. */
function moves(
  { entries, owner, runId, planHash, held, nowMs }: RecordItemsRequest,
  known: readonly ItemRow[],
): readonly Move[] {
  const listed = new Set(entries.map((entry) => JSON.stringify([entry.key, versionOf(entry)])))
  const worker = workerName(owner)
  return known.flatMap(({ id, key, version, kind, state, errorCode }): readonly Move[] => {
    const move = { id, from: state, worker, nowMs }
    if (!listed.has(JSON.stringify([key, version]))) {
      // No source lists replays: that one is sent says nothing of others.
      if (kind !== 'file' || !REPLACEABLE.includes(state)) return []
      return [{ ...move, to: 'superseded', reason: 'the source shows another version' }]
    }
    if (state !== 'superseded' && (state !== 'failed_system' || errorCode !== 'SOURCE_VANISHED')) return []
    const columns = { runId, planHash, dueMs: held === true ? HELD_MS : 0 }
    return [{ ...move, to: 'pending', reason: 'the source shows this version again', columns }]
  })
}

function identityOf(item: ItemEntry): string {
  return identity(item.key, versionOf(item), item.generation)
}

function identityOfRow({ key, version, generation }: ItemRow): string {
  return identity(key, version, generation)
}

function identity(key: string, version: string, generation = 0): string {
  return JSON.stringify([key, version, generation])
}
