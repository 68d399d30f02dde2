import { type Ledger, writeLedger } from './ledger-access.ts'

/** Forgets a run that came to nothing: it has no items, and no firing names it. False: it has, and stays. */
export async function discardRun(ledger: Ledger, id: string): Promise<boolean> {
  return writeLedger(ledger, async (transaction) => {
    const gone = await transaction
      .deleteFrom('run')
      .where('id', '=', id)
      .where((eb) => eb.not(eb.exists(eb.selectFrom('item').where('runId', '=', id).select('item.id'))))
      .where((eb) => eb.not(eb.exists(eb.selectFrom('firing').where('runId', '=', id).select('firing.id'))))
      .executeTakeFirst()
    return gone.numDeletedRows > 0n
  })
}
