import type { Plan } from '../model/plan.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'

/** Keeps a plan under its hash, once; runs and items refer to it. */
export async function recordPlan(
  ledger: Ledger,
  { plan, nowMs }: { readonly plan: Plan; readonly nowMs: number },
): Promise<void> {
  await writeLedger(ledger, async (transaction) => {
    await transaction
      .insertInto('plan')
      .values({
        hash: plan.hash,
        pipeline: plan.pipeline,
        json: JSON.stringify(plan),
        firstSeenMs: nowMs,
      })
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .execute()
  })
}
