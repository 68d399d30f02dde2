import { HELD_MS } from './held-ms.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
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
  const planHashes = await readLedger(ledger, (db) => planHashesOf(db, pipeline))
  const columns = { runId, planHash, dueMs: 0, updatedMs: nowMs }
  let dispatched = 0
  for (;;) {
    const some = await writeLedger(ledger, (transaction) =>
      changePending(transaction, planHashes, { dueMs: HELD_MS, columns }),
    )
    if (some === 0) return dispatched
    dispatched += some
  }
}
