import type { Rhythm } from '../model/plan.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { newRunId } from './new-run-id.ts'
import type { FiringRow } from './tables.ts'

/**
 * Somebody asks a pipeline to run, whatever its schedule. It waits to be taken like any firing; the same `token` for the same
 * pipeline and rhythm gives the same firing back, in whatever state it is by then.
 */
export async function requestFiring(
  ledger: Ledger,
  request: {
    readonly pipeline: string
    readonly rhythm: Rhythm
    /** What makes two requests one. Absent: each is another. */
    readonly token?: string | undefined
    /** Who asks, for people to read. */
    readonly by: string
    /** Plain data for whoever carries it out: never secrets. */
    readonly options?: Readonly<Record<string, unknown>> | undefined
    readonly nowMs: number
  },
): Promise<FiringRow> {
  const { pipeline, rhythm, by, options = {}, nowMs } = request
  const token = `manual:${pipeline}:${rhythm}:${request.token ?? newRunId(nowMs)}`
  return writeLedger(ledger, async (transaction) => {
    const made = await transaction
      .insertInto('firing')
      .values({
        pipeline,
        rhythm,
        cause: 'manual',
        token,
        state: 'waiting',
        dueMs: nowMs,
        requestedBy: by,
        options: JSON.stringify(options),
        createdMs: nowMs,
      })
      .onConflict((on) => on.column('token').doNothing())
      .returningAll()
      .executeTakeFirst()
    return (
      made ??
      transaction.selectFrom('firing').where('token', '=', token).selectAll().executeTakeFirstOrThrow()
    )
  })
}
