import { sql } from 'kysely'
import type { ItemState, RowCounts } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import { sumOfCounts } from './sum-of-counts.ts'

/** Items of one pipeline in one state, and their rows. */
export interface SettledSum extends RowCounts {
  readonly pipeline: string
  readonly state: ItemState
  readonly items: number
}

/**
 * Sums over the items after one id and up to another that are in these states since before a place in the journal: those with a
 * transition after `journalId`, or one of `lateIds`, are left to whoever reads the journal from there.
 */
export async function sumSettled(
  ledger: Ledger,
  request: {
    readonly afterId: number
    readonly untilId: number
    readonly states: readonly ItemState[]
    readonly journalId: number
    readonly lateIds: readonly number[]
  },
): Promise<readonly SettledSum[]> {
  const { afterId, untilId, states, journalId, lateIds } = request
  return readLedger(ledger, (db) => {
    const moved = db.selectFrom('transition').where('id', '>', journalId).select('itemId')
    const late = db.selectFrom('transition').where('id', 'in', lateIds).select('itemId')
    return (
      db
        .selectFrom('item')
        .where('id', '>', afterId)
        .where('id', '<=', untilId)
        // As an expression: by its index on states SQLite would walk all items for each part of them.
        .where(sql<ItemState>`state || ''`, 'in', states)
        .where('id', 'not in', moved)
        .$if(lateIds.length > 0, (query) => query.where('id', 'not in', late))
        .groupBy(['pipeline', 'state'])
        .select(['pipeline', 'state'])
        .select(sumOfCounts)
        .execute()
    )
  })
}
