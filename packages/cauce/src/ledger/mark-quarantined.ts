import { type Ledger, writeLedger } from './ledger-access.ts'
import { QUARANTINED_STATES } from './list-quarantine.ts'
import type { ItemRow } from './tables.ts'

/** Notes the folder that holds an item's file and story. Undefined: it is no longer one that failed or was refused. */
export async function markQuarantined(
  ledger: Ledger,
  { id, folder, nowMs }: { readonly id: number; readonly folder: string; readonly nowMs: number },
): Promise<ItemRow | undefined> {
  return writeLedger(ledger, (transaction) =>
    transaction
      .updateTable('item')
      .set({ quarantine: folder, quarantinedMs: nowMs })
      .where('id', '=', id)
      .where('state', 'in', QUARANTINED_STATES)
      .returningAll()
      .executeTakeFirst(),
  )
}
