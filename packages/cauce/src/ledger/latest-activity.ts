import { type Ledger, readLedger } from './ledger-access.ts'

/** When an item of a pipeline last ended or a run of it last began (ms since 1970 UTC); undefined: never. */
export async function latestActivity(ledger: Ledger, pipeline: string): Promise<number | undefined> {
  return readLedger(ledger, async (db) => {
    const item = await db
      .selectFrom('item')
      .where('pipeline', '=', pipeline)
      .select(({ fn }) => fn.max('finishedMs').as('atMs'))
      .executeTakeFirst()
    const run = await db
      .selectFrom('run')
      .where('pipeline', '=', pipeline)
      .select(({ fn }) => fn.max('startedMs').as('atMs'))
      .executeTakeFirst()
    const moments = [item?.atMs, run?.atMs].flatMap((ms) => ms ?? [])
    return moments.length === 0 ? undefined : Math.max(...moments)
  })
}
