import type { Transaction } from 'kysely'
import { ACTIVE_STATES } from '../model/item-state.ts'
import { mayFollow } from './item-transitions.ts'
import { forUpdate } from './lock-rows.ts'
import { workerName } from './process-identity.ts'
import type { Transition } from './record-transitions.ts'
import type { Claim, ItemRow, LedgerTables } from './tables.ts'

/** When an attempt entered a stage; `extracting` is entered by the claim. */
export interface StageEntry {
  readonly state: 'transforming' | 'loading'
  readonly atMs: number
}

/** What an attempt found out so far; absent: nothing new. */
export interface ItemProgress {
  /** Every stage entered in this attempt so far, in order; those the ledger knows already are passed over. */
  readonly stages?: readonly StageEntry[]
  readonly sizeBytes?: number
  readonly sha256?: string
  readonly loadKey?: string
  /** Bytes arrived and rows loaded so far, for whoever watches. */
  readonly progressBytes?: number
  readonly progressRows?: number
}

/** The item, if this claim still holds it; and it stays so until the transaction ends. */
export async function findHeld(
  transaction: Transaction<LedgerTables>,
  { id, epoch }: Claim,
): Promise<ItemRow | undefined> {
  const held = transaction
    .selectFrom('item')
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('state', 'in', ACTIVE_STATES)
    .selectAll()
  return forUpdate(transaction, held).executeTakeFirst()
}

/** The stages an item entered since it was last heard of, for its history, and the state it is in now. */
export function enterStages(
  item: ItemRow,
  stages: readonly StageEntry[] = [],
): { readonly state: ItemRow['state']; readonly entered: readonly Transition[] } {
  let { state } = item
  const entered: Transition[] = []
  const worker = workerOf(item)
  for (const { state: next, atMs } of stages) {
    if (!mayFollow(state, next)) continue
    entered.push({ itemId: item.id, atMs, fromState: state, toState: next, worker, reason: null })
    state = next
  }
  return { state, entered }
}

/** Columns that take a progress; what is absent stays as it was. */
export function progressColumns({ sizeBytes, sha256, loadKey, progressBytes, progressRows }: ItemProgress) {
  return {
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(sha256 !== undefined && { sha256 }),
    ...(loadKey !== undefined && { loadKey }),
    ...(progressBytes !== undefined && { progressBytes }),
    ...(progressRows !== undefined && { progressRows }),
  }
}

export function workerOf({ ownerHost, ownerPid }: ItemRow): string {
  return workerName({ host: ownerHost ?? '', pid: ownerPid ?? 0 })
}
