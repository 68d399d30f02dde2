import { endClaim } from './end-claim.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import type { Claim, ItemRow } from './tables.ts'

/**
 * Takes an item from an owner the caller has proven dead, back to `pending`; its try stays used up, since the item may be what
 * killed it. Undefined: the claim no longer holds it.
 */
export async function releaseClaim(
  ledger: Ledger,
  request: Claim & { readonly reason: string; readonly nowMs: number },
): Promise<ItemRow | undefined> {
  const { id, epoch, reason, nowMs } = request
  return writeLedger(ledger, (transaction) =>
    endClaim(transaction, {
      id,
      epoch,
      reason,
      nowMs,
      to: 'pending',
      outcome: 'lost',
      error: undefined,
      columns: () => ({ dueMs: 0 }),
    }),
  )
}
