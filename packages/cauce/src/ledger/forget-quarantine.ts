import { type Ledger, writeLedger } from './ledger-access.ts'
import { UNSETTLED_STATES } from './unsettled.ts'

/**
 * Forgets the folder of an item that is settled and was not touched since a moment. False: something of it is still to come, so
 * its folder must stay. Whoever sends it back afterwards finds no folder noted, and none is missed.
 */
export async function forgetQuarantine(
  ledger: Ledger,
  { id, beforeMs }: { readonly id: number; readonly beforeMs: number },
): Promise<boolean> {
  return writeLedger(ledger, async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('item')
      .set({ quarantine: null, quarantinedMs: null })
      .where('id', '=', id)
      .where('updatedMs', '<', beforeMs)
      .where('state', 'not in', UNSETTLED_STATES)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  })
}
