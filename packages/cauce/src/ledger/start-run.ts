import { type Ledger, writeLedger } from './ledger-access.ts'
import { newRunId } from './new-run-id.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { FiringCause, RunRow } from './tables.ts'

/** Opens a run of a pipeline by a process; its plan must have been recorded. */
export async function startRun(
  ledger: Ledger,
  request: {
    readonly pipeline: string
    readonly planHash: string
    readonly owner: ProcessIdentity
    /** Default: `attached`, it ends with the process. */
    readonly mode?: RunRow['mode']
    /** Default: `manual`. */
    readonly cause?: FiringCause
    /** yyyy-MM-dd; absent: each worker's own day. */
    readonly referenceDate?: string | undefined
    readonly nowMs: number
  },
): Promise<RunRow> {
  const { pipeline, planHash, owner, mode = 'attached', cause = 'manual', referenceDate, nowMs } = request
  return writeLedger(ledger, (transaction) =>
    transaction
      .insertInto('run')
      .values({
        id: newRunId(nowMs),
        pipeline,
        planHash,
        state: 'running',
        mode,
        cause,
        referenceDate: referenceDate ?? null,
        host: owner.host,
        pid: owner.pid,
        processStart: owner.start,
        startedMs: nowMs,
      })
      .returningAll()
      .executeTakeFirstOrThrow(),
  )
}
