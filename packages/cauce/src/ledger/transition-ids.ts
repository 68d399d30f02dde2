import { type Ledger, readLedger } from './ledger-access.ts'

/** Ids of the transitions after one and up to another, in order. */
export async function transitionIds(
  ledger: Ledger,
  { afterId, untilId }: { readonly afterId: number; readonly untilId: number },
): Promise<readonly number[]> {
  const rows = await readLedger(ledger, (db) =>
    db
      .selectFrom('transition')
      .where('id', '>', afterId)
      .where('id', '<=', untilId)
      .orderBy('id')
      .select('id')
      .execute(),
  )
  return rows.map(({ id }) => id)
}
