import type { ItemState } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'

/** How many items of a pipeline are in a state. */
export interface ItemCount {
  readonly pipeline: string
  readonly state: ItemState
  readonly items: number
}

/** Counts the items in these states, one state after the other along an index, so that other states cost nothing. */
export async function countItems(ledger: Ledger, states: readonly ItemState[]): Promise<ItemCount[]> {
  const found: ItemCount[] = []
  for (const state of states)
    found.push(
      ...(await readLedger(ledger, (db) =>
        db
          .selectFrom('item')
          .where('state', '=', state)
          .groupBy(['pipeline', 'state'])
          .select(({ fn }) => ['pipeline', 'state', fn.countAll<number>().as('items')])
          .execute(),
      )),
    )
  return found
}
