import type { Transaction } from 'kysely'
import { isActive } from './item-transitions.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { forUpdate } from './lock-rows.ts'
import { mayBeCommitted } from './may-be-committed.ts'
import { moveUnclaimed } from './move-unclaimed.ts'
import type { ItemRow, LedgerTables } from './tables.ts'

/**
 * Somebody wants an item cancelled. A `pending` one is `cancelled` at once; of one that is being worked on its holder is told by
 * its next heartbeat, and the row comes back still active, with `cancelMs`. The first who wanted it stands. Undefined: there is no
 * such item, it has ended, or it waits to find out whether an attempt that was lost while loading had committed.
 */
export async function requestCancel(
  ledger: Ledger,
  request: { readonly id: number; readonly by: string; readonly nowMs: number },
): Promise<ItemRow | undefined> {
  const { id, by, nowMs } = request
  return writeLedger(ledger, async (transaction) => {
    const item = await forUpdate(
      transaction,
      transaction.selectFrom('item').where('id', '=', id).selectAll(),
    ).executeTakeFirst()
    if (item?.state === 'pending') {
      if (await mayBeCommitted(transaction, id)) return undefined
      const move = { id, from: 'pending', to: 'cancelled', worker: by, reason: null, nowMs } as const
      return moveUnclaimed(transaction, move)
    }
    if (item === undefined || !isActive(item.state)) return undefined
    return item.cancelMs === null ? note(transaction, item, by, nowMs) : item
  })
}

async function note(
  transaction: Transaction<LedgerTables>,
  { id, epoch }: ItemRow,
  cancelBy: string,
  cancelMs: number,
): Promise<ItemRow | undefined> {
  return transaction
    .updateTable('item')
    .set({ cancelMs, cancelBy, updatedMs: cancelMs })
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('leaseUntilMs', 'is not', null)
    .returningAll()
    .executeTakeFirst()
}
