import type { ItemState } from '../model/item-state.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { moveUnclaimed } from './move-unclaimed.ts'
import type { ItemRow } from './tables.ts'

/** What a person may send back to `pending`. */
const RETRYABLE: readonly ItemState[] = ['failed_layout', 'failed_system', 'refused', 'cancelled']

/**
 * A person sends a failed, refused or cancelled item back to `pending`, due at once, with a new round of tries. `by` and `reason`
 * stand in its history. Undefined: there is no such item, or it is in no such state.
 */
export async function retryItem(
  ledger: Ledger,
  request: { readonly id: number; readonly by: string; readonly reason: string; readonly nowMs: number },
): Promise<ItemRow | undefined> {
  const { id, by, reason, nowMs } = request
  return writeLedger(ledger, async (transaction) => {
    const item = await transaction
      .selectFrom('item')
      .where('id', '=', id)
      .where('state', 'in', RETRYABLE)
      .select('state')
      .executeTakeFirst()
    if (item === undefined) return undefined
    return moveUnclaimed(transaction, { id, from: item.state, to: 'pending', worker: by, reason, nowMs })
  })
}
