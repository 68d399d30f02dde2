import { type Ledger, readLedger } from './ledger-access.ts'
import type { ScheduleRow } from './tables.ts'

/** Every schedule dispatchers know, with its next and last moment. */
export async function listSchedules(ledger: Ledger): Promise<ScheduleRow[]> {
  return readLedger(ledger, (db) =>
    db.selectFrom('schedule').orderBy('pipeline').orderBy('rhythm').selectAll().execute(),
  )
}
