import { type Ledger, readLedger } from './ledger-access.ts'
import type { PipelineControlRow } from './tables.ts'

/** What people said of pipelines, by name. One that is not paused has `pausedMs: null`, or is absent. */
export async function listControls(ledger: Ledger): Promise<PipelineControlRow[]> {
  return readLedger(ledger, (db) =>
    db.selectFrom('pipelineControl').orderBy('pipeline').selectAll().execute(),
  )
}
