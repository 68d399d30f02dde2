import { type Ledger, writeLedger } from './ledger-access.ts'
import { QUARANTINED_STATES } from './list-quarantine.ts'
import { forUpdate } from './lock-rows.ts'
import { moveUnclaimed } from './move-unclaimed.ts'
import type { ItemRow } from './tables.ts'

/**
 * A person decides that a failed or refused item will not be loaded: `cancelled`, its error and folder kept. Undefined: there is no
 * such item, or it is in no such state.
 */
export async function discardItem(
  ledger: Ledger,
  request: { readonly id: number; readonly by: string; readonly reason: string; readonly nowMs: number },
): Promise<ItemRow | undefined> {
  const { id, by, reason, nowMs } = request
  return writeLedger(ledger, async (transaction) => {
    const question = transaction
      .selectFrom('item')
      .where('id', '=', id)
      .where('state', 'in', QUARANTINED_STATES)
      .select('state')
    const item = await forUpdate(transaction, question).executeTakeFirst()
    if (item === undefined) return undefined
    return moveUnclaimed(transaction, { id, from: item.state, to: 'cancelled', worker: by, reason, nowMs })
  })
}
