import { type Ledger, writeLedger } from './ledger-access.ts'
import type { FiringHold } from './take-firing.ts'

/**
 * Renews the lease of a firing and notes the run it came to, which whoever takes it over then goes on with. A lease of 0 hands it
 * back: the next to ask takes it. False: somebody else has it, or it is finished; stop work on it.
 */
export async function renewFiring(
  ledger: Ledger,
  request: FiringHold & {
    readonly runId?: string | null | undefined
    readonly leaseMs: number
    readonly nowMs: number
  },
): Promise<boolean> {
  const { id, startedMs, runId, leaseMs, nowMs } = request
  return writeLedger(ledger, async (transaction) => {
    const renewed = await transaction
      .updateTable('firing')
      .set({ leaseUntilMs: nowMs + leaseMs, ...(typeof runId === 'string' ? { runId } : {}) })
      .where('id', '=', id)
      .where('state', '=', 'started')
      .where('startedMs', '=', startedMs)
      .executeTakeFirst()
    return renewed.numUpdatedRows > 0n
  })
}
