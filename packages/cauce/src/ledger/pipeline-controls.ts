import { type Ledger, readLedger } from './ledger-access.ts'
import type { PipelineControlRow } from './tables.ts'

/** What people said of pipelines: whether they are paused, since when, and why. One that was never paused is absent. */
export async function pipelineControls(ledger: Ledger): Promise<PipelineControlRow[]> {
  return readLedger(ledger, (db) =>
    db.selectFrom('pipelineControl').orderBy('pipeline').selectAll().execute(),
  )
}
