import { type Ledger, readLedger } from './ledger-access.ts'
import type { RunRow } from './tables.ts'

/** Runs that are not closed, the oldest first; of one mode, or of both. */
export async function listOpenRuns(
  ledger: Ledger,
  { mode }: { readonly mode?: RunRow['mode'] } = {},
): Promise<RunRow[]> {
  return readLedger(ledger, (db) =>
    db
      .selectFrom('run')
      .where('state', '=', 'running')
      .$if(mode !== undefined, (query) => query.where('mode', '=', mode ?? 'attached'))
      .orderBy('id')
      .selectAll()
      .execute(),
  )
}
