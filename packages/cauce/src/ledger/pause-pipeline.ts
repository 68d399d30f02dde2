import { type Ledger, writeLedger } from './ledger-access.ts'
import type { PipelineControlRow } from './tables.ts'

/**
 * Lets nothing more of a pipeline be claimed by workers; what they work on goes on, and a person's own run does not ask. Paused
 * already, the first word stands.
 */
export async function pausePipeline(
  ledger: Ledger,
  request: {
    readonly pipeline: string
    readonly by: string
    readonly reason?: string | undefined
    readonly nowMs: number
  },
): Promise<PipelineControlRow> {
  const { pipeline, by, reason = null, nowMs } = request
  return writeLedger(ledger, async (transaction) => {
    const paused = { pausedMs: nowMs, pausedBy: by, reason }
    await transaction
      .insertInto('pipelineControl')
      .values({ pipeline, ...paused })
      .onConflict((conflict) =>
        conflict.column('pipeline').doUpdateSet(paused).where('pipelineControl.pausedMs', 'is', null),
      )
      .execute()
    return transaction
      .selectFrom('pipelineControl')
      .where('pipeline', '=', pipeline)
      .selectAll()
      .executeTakeFirstOrThrow()
  })
}
