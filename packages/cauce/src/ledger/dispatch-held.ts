import { HELD_MS } from './held-ms.ts'
import type { Ledger } from './ledger-access.ts'
import { changePending, planHashesOf } from './pending-of-plans.ts'

/** Gives every held item of a pipeline to a run and a plan, due at once; returns how many. */
export async function dispatchHeld(
  ledger: Ledger,
  request: {
    readonly pipeline: string
    readonly runId: string
    readonly planHash: string
    readonly nowMs: number
  },
): Promise<number> {
  const { pipeline, runId, planHash, nowMs } = request
  const columns = { runId, planHash, dueMs: 0, updatedMs: nowMs }
  return changePending(ledger, await planHashesOf(ledger, pipeline), { dueMs: HELD_MS, columns })
}
