import { type Ledger, writeLedger } from './ledger-access.ts'
import { QUARANTINED_STATES } from './list-quarantine.ts'

/** The folder of an item that was loaded is gone: forgets it. One that failed again meanwhile keeps its own. */
export async function clearQuarantine(ledger: Ledger, { id }: { readonly id: number }): Promise<void> {
  await writeLedger(ledger, (transaction) =>
    transaction
      .updateTable('item')
      .set({ quarantine: null, quarantinedMs: null })
      .where('id', '=', id)
      .where('quarantine', 'is not', null)
      .where('state', 'not in', QUARANTINED_STATES)
      .execute(),
  )
}
