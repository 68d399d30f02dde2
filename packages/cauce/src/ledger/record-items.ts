import type { Transaction } from 'kysely'
import type { ItemState } from '../model/item-state.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { moveUnclaimed } from './move-unclaimed.ts'
import { type ProcessIdentity, workerName } from './process-identity.ts'
import { recordTransitions } from './record-transitions.ts'
import type { ItemKind, ItemRow, LedgerTables } from './tables.ts'

/** One item as its source lists it now. A source's own entries fit. */
export interface ItemEntry {
  readonly key: string
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** What tells versions of a key apart; `sizeBytes:modifiedMs` when the source has nothing better. */
  readonly version?: string
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
 * after it was superseded, or gone, is pending again; other versions of its key that were never loaded become `superseded`.
 */
export async function recordItems(ledger: Ledger, request: RecordItemsRequest): Promise<RecordedItem[]> {
  const recorded: RecordedItem[] = []
  for (let start = 0; start < request.entries.length; start += ENTRIES_PER_TRANSACTION) {
    const entries = request.entries.slice(start, start + ENTRIES_PER_TRANSACTION)
    recorded.push(
      ...(await writeLedger(ledger, (transaction) => recordSome(transaction, { ...request, entries }))),
    )
  }
  return recorded
}

async function recordSome(
  transaction: Transaction<LedgerTables>,
  request: RecordItemsRequest,
): Promise<RecordedItem[]> {
  const known = await findVersions(transaction, request)
  const rows = new Map(known.map((row) => [identityOf(row), row]))
  const unseen = request.entries.filter((entry) => !rows.has(identityOf(entry)))
  const created = await insert(transaction, request, unseen)
  const moved = await followListing(transaction, request, known)
  if (created.size > 0 || moved)
    for (const row of await findVersions(transaction, request)) rows.set(identityOf(row), row)
  return request.entries.map((entry) => {
    const item = rows.get(identityOf(entry))
    if (item === undefined) throw new TypeError(`item ${entry.key} was not recorded`)
    return { item, isNew: created.has(item.id) }
  })
}

async function findVersions(
  transaction: Transaction<LedgerTables>,
  { pipeline, entries }: RecordItemsRequest,
): Promise<ItemRow[]> {
  const keys = entries.map(({ key }) => key)
  return transaction
    .selectFrom('item')
    .where('pipeline', '=', pipeline)
    .where('key', 'in', keys)
    .selectAll()
    .execute()
}

/** Ids of the items created; a rival may have been first. */
async function insert(
  transaction: Transaction<LedgerTables>,
  { pipeline, runId, planHash, owner, boundHost, nowMs }: RecordItemsRequest,
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

/** Lets known versions follow what the source shows now; tells whether any moved. */
async function followListing(
  transaction: Transaction<LedgerTables>,
  { entries, owner, nowMs }: RecordItemsRequest,
  known: readonly ItemRow[],
): Promise<boolean> {
  const listed = new Set(entries.map((entry) => JSON.stringify([entry.key, versionOf(entry)])))
  let moved = false
  for (const { id, key, version, kind, state, errorCode } of known) {
    const isListed = listed.has(JSON.stringify([key, version]))
    const wasGone = state === 'superseded' || (state === 'failed_system' && errorCode === 'SOURCE_VANISHED')
    // No source lists replays: that one is sent says nothing of others.
    const mustMove = isListed ? wasGone : kind === 'file' && REPLACEABLE.includes(state)
    if (!mustMove) continue
    await moveUnclaimed(transaction, {
      id,
      from: state,
      to: isListed ? 'pending' : 'superseded',
      worker: workerName(owner),
      reason: isListed ? 'the source shows this version again' : 'the source shows another version',
      nowMs,
    })
    moved = true
  }
  return moved
}

function versionOf({ version, sizeBytes, modifiedMs }: ItemEntry): string {
  return version ?? `${sizeBytes}:${modifiedMs}`
}

function identityOf(item: ItemEntry | ItemRow): string {
  const version = item.version ?? `${item.sizeBytes}:${item.modifiedMs}`
  return JSON.stringify([item.key, version, item.generation ?? 0])
}
