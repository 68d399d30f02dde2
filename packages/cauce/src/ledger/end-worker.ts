import { type Ledger, writeLedger } from './ledger-access.ts'

/** A process says that it ends. */
export async function endWorker(
  ledger: Ledger,
  { id, nowMs }: { readonly id: string; readonly nowMs: number },
): Promise<void> {
  await writeLedger(ledger, (transaction) =>
    transaction
      .updateTable('worker')
      .set({ state: 'ended', beatMs: nowMs, endedMs: nowMs })
      .where('id', '=', id)
      .execute(),
  )
}
