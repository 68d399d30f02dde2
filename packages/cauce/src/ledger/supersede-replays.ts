import { type Ledger, writeLedger } from './ledger-access.ts'
import { moveUnclaimed } from './move-unclaimed.ts'

/**
 * Replays of a load's rejects that failed by their file and wait for a person become `superseded` by another replay of them: the
 * person has acted.
 */
export async function supersedeReplays(
  ledger: Ledger,
  request: {
    readonly originLoadKey: string
    /** The replay that takes their place. */
    readonly by: number
    readonly worker: string
    readonly nowMs: number
  },
): Promise<void> {
  const { originLoadKey, by, worker, nowMs } = request
  await writeLedger(ledger, async (transaction) => {
    const waiting = await transaction
      .selectFrom('item')
      .where('originLoadKey', '=', originLoadKey)
      .where('kind', '=', 'replay')
      .where('state', '=', 'failed_layout')
      .where('id', '!=', by)
      .select('id')
      .execute()
    for (const { id } of waiting)
      await moveUnclaimed(transaction, {
        id,
        from: 'failed_layout',
        to: 'superseded',
        worker,
        reason: `replayed again as item ${by}`,
        nowMs,
      })
  })
}
