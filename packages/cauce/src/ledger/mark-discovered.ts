import { type Ledger, writeLedger } from './ledger-access.ts'
import type { RunRow } from './tables.ts'

/** All items of a run are recorded: from now on it may close. The first time stands. Undefined: it is closed. */
export async function markDiscovered(
  ledger: Ledger,
  { id, nowMs }: { readonly id: string; readonly nowMs: number },
): Promise<RunRow | undefined> {
  return writeLedger(ledger, (transaction) =>
    transaction
      .updateTable('run')
      .set((eb) => ({ discoveredMs: eb.fn.coalesce('discoveredMs', eb.val(nowMs)) }))
      .where('id', '=', id)
      .where('state', '=', 'running')
      .returningAll()
      .executeTakeFirst(),
  )
}
