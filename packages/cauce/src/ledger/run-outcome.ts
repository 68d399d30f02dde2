import type { RunState } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'

/** How a run ends, by what became of the items it was the last to touch. */
export async function runOutcome(
  ledger: Ledger,
  runId: string,
): Promise<Extract<RunState, 'done' | 'done_with_rejects' | 'failed'>> {
  const found = await readLedger(ledger, (db) =>
    db.selectFrom('item').where('runId', '=', runId).select('state').distinct().execute(),
  )
  const states = new Set(found.map(({ state }) => state))
  if (states.has('failed_layout') || states.has('failed_system') || states.has('refused')) return 'failed'
  return states.has('ready_with_rejects') ? 'done_with_rejects' : 'done'
}
