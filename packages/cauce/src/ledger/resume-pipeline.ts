import { type Ledger, writeLedger } from './ledger-access.ts'

/** Lets a paused pipeline go on. False: it was not paused. */
export async function resumePipeline(
  ledger: Ledger,
  { pipeline }: { readonly pipeline: string },
): Promise<boolean> {
  return writeLedger(ledger, async (transaction) => {
    const resumed = await transaction
      .updateTable('pipelineControl')
      .set({ pausedMs: null, pausedBy: null, reason: null })
      .where('pipeline', '=', pipeline)
      .where('pausedMs', 'is not', null)
      .returning('pipeline')
      .executeTakeFirst()
    return resumed !== undefined
  })
}
