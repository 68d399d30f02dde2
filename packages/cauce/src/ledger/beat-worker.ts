import { type Ledger, writeLedger } from './ledger-access.ts'

/**
 * A process says that it lives; one that was thought lost is back. False: it is not registered, or has ended.
 */
export async function beatWorker(
  ledger: Ledger,
  {
    id,
    state,
    nowMs,
  }: { readonly id: string; readonly state: 'working' | 'stopping'; readonly nowMs: number },
): Promise<boolean> {
  return writeLedger(ledger, async (transaction) => {
    const beaten = await transaction
      .updateTable('worker')
      .set({ state, beatMs: nowMs, endedMs: null })
      .where('id', '=', id)
      .where('state', '!=', 'ended')
      .returning('id')
      .executeTakeFirst()
    return beaten !== undefined
  })
}
