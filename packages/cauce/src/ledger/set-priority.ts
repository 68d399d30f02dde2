import { type Ledger, writeLedger } from './ledger-access.ts'
import type { ItemRow } from './tables.ts'

/** Greater priorities are claimed first; a whole number, 0 by default. Undefined: there is no such item. */
export async function setPriority(
  ledger: Ledger,
  { id, priority }: { readonly id: number; readonly priority: number },
): Promise<ItemRow | undefined> {
  return writeLedger(ledger, (transaction) =>
    transaction.updateTable('item').set({ priority }).where('id', '=', id).returningAll().executeTakeFirst(),
  )
}
