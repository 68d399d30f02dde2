import type { Transaction } from 'kysely'
import type { ItemState } from '../model/item-state.ts'
import { isActive, mayFollow } from './item-transitions.ts'
import { recordTransitions } from './record-transitions.ts'
import type { ItemRow, LedgerTables } from './tables.ts'

interface Move {
  readonly id: number
  readonly from: ItemState
  readonly to: 'pending' | 'superseded'
  readonly worker: string
  readonly reason: string
  readonly nowMs: number
}

/** Changes the state of an item nobody holds; back to `pending`, it begins a new round of tries. Undefined: it moved meanwhile. */
export async function moveUnclaimed(
  transaction: Transaction<LedgerTables>,
  { id, from, to, worker, reason, nowMs }: Move,
): Promise<ItemRow | undefined> {
  if (isActive(from) || !mayFollow(from, to))
    throw new TypeError(`an item goes from ${from} to ${to} by no right`)
  const moved = await transaction
    .updateTable('item')
    .set({ state: to, updatedMs: nowMs })
    .$if(to === 'pending', (update) => update.set({ roundAttempts: 0, dueMs: 0, finishedMs: null }))
    .$if(to === 'superseded', (update) => update.set({ finishedMs: nowMs }))
    .where('id', '=', id)
    .where('state', '=', from)
    .returningAll()
    .executeTakeFirst()
  if (moved !== undefined)
    await recordTransitions(transaction, [
      { itemId: id, atMs: nowMs, fromState: from, toState: to, worker, reason },
    ])
  return moved
}
