import { type Ledger, readLedger } from './ledger-access.ts'

/** Whether a pipeline has run at all before a moment. */
export async function hasRunBefore(
  ledger: Ledger,
  { pipeline, beforeMs }: { readonly pipeline: string; readonly beforeMs: number },
): Promise<boolean> {
  const found = await readLedger(ledger, (db) =>
    db
      .selectFrom('run')
      .where('pipeline', '=', pipeline)
      .where('startedMs', '<', beforeMs)
      .select('id')
      .limit(1)
      .executeTakeFirst(),
  )
  return found !== undefined
}
