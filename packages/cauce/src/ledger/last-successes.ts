import { type Ledger, readLedger } from './ledger-access.ts'

/** When the last run of each pipeline that went well had ended; pipelines without one are absent. */
export async function lastSuccesses(
  ledger: Ledger,
): Promise<readonly { readonly pipeline: string; readonly finishedMs: number }[]> {
  const rows = await readLedger(ledger, (db) =>
    db
      .selectFrom('run')
      .where('state', 'in', ['done', 'done_with_rejects'])
      .groupBy('pipeline')
      .select(({ fn }) => ['pipeline', fn.max('finishedMs').as('finishedMs')])
      .execute(),
  )
  return rows.map(({ pipeline, finishedMs }) => ({ pipeline, finishedMs: Number(finishedMs) }))
}
