import { type Ledger, readLedger } from './ledger-access.ts'

/** The newest ids there are; 0: none yet. */
export interface LedgerEnds {
  readonly itemId: number
  readonly transitionId: number
}

export async function ledgerEnds(ledger: Ledger): Promise<LedgerEnds> {
  return readLedger(ledger, async (db) => {
    const transition = await db
      .selectFrom('transition')
      .select(({ fn }) => fn.max('id').as('id'))
      .executeTakeFirst()
    const item = await db
      .selectFrom('item')
      .select(({ fn }) => fn.max('id').as('id'))
      .executeTakeFirst()
    return { itemId: item?.id ?? 0, transitionId: transition?.id ?? 0 }
  })
}
