import { type Ledger, writeLedger } from './ledger-access.ts'
import type { FiringHold } from './take-firing.ts'
import type { FiringRow } from './tables.ts'

/**
 * Ends a firing: `done` once what it asked for is under way (its run may still be running), `failed` when it could not begin.
 * Undefined: somebody else has it, or it was finished before, and stays as it is.
 */
export async function finishFiring(
  ledger: Ledger,
  request: FiringHold & {
    readonly state: 'done' | 'failed' | 'skipped'
    readonly runId?: string | null | undefined
    readonly reason?: string | null | undefined
    readonly nowMs: number
  },
): Promise<FiringRow | undefined> {
  const { id, startedMs, state, runId, reason, nowMs } = request
  return writeLedger(ledger, (transaction) =>
    transaction
      .updateTable('firing')
      .set({
        state,
        leaseUntilMs: null,
        finishedMs: nowMs,
        ...(typeof runId === 'string' ? { runId } : {}),
        ...(typeof reason === 'string' ? { reason } : {}),
      })
      .where('id', '=', id)
      .where('state', '=', 'started')
      .where('startedMs', '=', startedMs)
      .returningAll()
      .executeTakeFirst(),
  )
}
