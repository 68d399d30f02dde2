import type { RunState } from '../model/item-state.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { sumOfCounts } from './sum-of-counts.ts'
import type { RunRow } from './tables.ts'

/** Closes a run with the totals of the items it was the last to touch. Undefined: it was closed before, and stays as it was. */
export async function finishRun(
  ledger: Ledger,
  request: { readonly id: string; readonly state: Exclude<RunState, 'running'>; readonly nowMs: number },
): Promise<RunRow | undefined> {
  const { id, state, nowMs } = request
  return writeLedger(ledger, async (transaction) => {
    const totals = await transaction
      .selectFrom('item')
      .where('runId', '=', id)
      .select(sumOfCounts)
      .executeTakeFirstOrThrow()
    return transaction
      .updateTable('run')
      .set({ ...totals, state, finishedMs: nowMs })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .returningAll()
      .executeTakeFirst()
  })
}
