import type { Transaction, Updateable } from 'kysely'
import type { ItemState } from '../model/item-state.ts'
import { isActive, mayFollow } from './item-transitions.ts'
import { recordTransitions } from './record-transitions.ts'
import type { ItemRow, LedgerTables } from './tables.ts'

/** One item's way from one state to another. */
export interface Move {
  readonly id: number
  readonly from: ItemState
  readonly to: 'pending' | 'superseded' | 'cancelled'
  readonly worker: string
  readonly reason: string | null
  readonly nowMs: number
  /** What else the move tells of the item. */
  readonly columns?: Updateable<LedgerTables['item']>
}

/** Changes the state of an item nobody holds; back to `pending`, it begins a new round of tries. Undefined: it moved meanwhile. */
export async function moveUnclaimed(
  transaction: Transaction<LedgerTables>,
  { id, from, to, worker, reason, nowMs, columns }: Move,
): Promise<ItemRow | undefined> {
  if (isActive(from) || !mayFollow(from, to))
    throw new TypeError(`an item goes from ${from} to ${to} by no right`)
  const moved = await transaction
    .updateTable('item')
    .set({ ...columnsOf(to, worker, nowMs), ...columns, state: to, updatedMs: nowMs })
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

function columnsOf(to: Move['to'], worker: string, nowMs: number): Updateable<LedgerTables['item']> {
  switch (to) {
    case 'pending':
      return { roundAttempts: 0, dayRetries: 0, dueMs: 0, cancelMs: null, cancelBy: null, finishedMs: null }
    case 'cancelled':
      return { dueMs: 0, cancelMs: nowMs, cancelBy: worker, finishedMs: nowMs }
    case 'superseded':
      return { finishedMs: nowMs }
  }
}
