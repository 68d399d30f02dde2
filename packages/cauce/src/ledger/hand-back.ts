import type { ErrorReport } from '../model/cauce-error.ts'
import { endClaim } from './end-claim.ts'
import type { ItemProgress } from './held-item.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import type { Claim, ItemRow } from './tables.ts'

export interface HandBackRequest extends Claim, ItemProgress {
  /** Stands in the item's history. */
  readonly reason: string
  /** False: interrupted, or no access; the try is given back. True: it failed, and tries are left. */
  readonly tryUsed: boolean
  readonly error?: ErrorReport
  /** Not to be claimed before; absent: at once. */
  readonly dueMs?: number
  readonly nowMs: number
}

/** Gives an item back to `pending` unfinished. Undefined, and nothing written, when the claim no longer holds it. */
export async function handBack(ledger: Ledger, request: HandBackRequest): Promise<ItemRow | undefined> {
  const { tryUsed, error, dueMs = 0 } = request
  return writeLedger(ledger, (transaction) =>
    endClaim(transaction, {
      ...request,
      to: 'pending',
      outcome: tryUsed ? 'failed' : 'handed_back',
      error,
      columns: ({ attempts, roundAttempts }) => ({
        dueMs,
        ...(!tryUsed && { attempts: attempts - 1, roundAttempts: roundAttempts - 1 }),
      }),
    }),
  )
}
