import { type Ledger, readLedger } from './ledger-access.ts'
import type { RunRow } from './tables.ts'

/** The run of this id, if there is one. */
export async function findRun(ledger: Ledger, id: string): Promise<RunRow | undefined> {
  return readLedger(ledger, (db) => db.selectFrom('run').where('id', '=', id).selectAll().executeTakeFirst())
}
