import { type Ledger, readLedger } from './ledger-access.ts'

/** Records of a load's rejects that were mended and loaded since, ascending. */
export async function replayedRecords(ledger: Ledger, originLoadKey: string): Promise<readonly number[]> {
  const rows = await readLedger(ledger, (db) =>
    db
      .selectFrom('replayed')
      .where('originLoadKey', '=', originLoadKey)
      .orderBy('record')
      .select('record')
      .execute(),
  )
  return rows.map(({ record }) => record)
}
