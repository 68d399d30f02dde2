import { endClaim } from './end-claim.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { skipLocked } from './lock-rows.ts'
import { changePending, planHashesOf } from './pending-of-plans.ts'

interface AdoptPendingRequest {
  readonly pipeline: string
  /** The plan the pipeline has now. */
  readonly planHash: string
  readonly nowMs: number
}

/**
 * Gives the current plan to what waits under an older one of its pipeline, and so to workers that no longer know that one: pending
 * items, held ones too, and those whose lease ran out, which become pending. Returns how many.
 */
export async function adoptPending(ledger: Ledger, request: AdoptPendingRequest): Promise<number> {
  const { pipeline, planHash, nowMs } = request
  const older = (await planHashesOf(ledger, pipeline)).filter((hash) => hash !== planHash)
  if (older.length === 0) return 0
  await releaseExpired(ledger, older, nowMs)
  return changePending(ledger, older, { columns: { planHash } })
}

/** Nobody who knows only the current plan would ever claim them. Few are ever held. */
async function releaseExpired(ledger: Ledger, planHashes: readonly string[], nowMs: number): Promise<void> {
  await writeLedger(ledger, async (transaction) => {
    const held = transaction
      .selectFrom('item')
      .where('leaseUntilMs', '<', nowMs)
      .where('planHash', 'in', planHashes)
      .select(['id', 'epoch'])
    for (const { id, epoch } of await skipLocked(transaction, held).execute())
      await endClaim(transaction, {
        id,
        epoch,
        to: 'pending',
        outcome: 'lost',
        reason: 'the lease ran out',
        error: undefined,
        columns: () => ({ dueMs: 0 }),
        nowMs,
      })
  })
}
