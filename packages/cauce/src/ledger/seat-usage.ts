import { type Ledger, readLedger } from './ledger-access.ts'

/** How many seats of one resource are taken. */
export interface SeatUsage {
  readonly resource: string
  readonly held: number
  /** Of the last process that took a seat; while a lowered limit waits for seats to be freed, they still count. */
  readonly limit: number
}

/** Every resource somebody ever took a seat at, by name. */
export async function seatUsage(ledger: Ledger): Promise<readonly SeatUsage[]> {
  return readLedger(ledger, (db) =>
    db
      .selectFrom('seat')
      .groupBy('resource')
      .orderBy('resource')
      .select(({ fn }) => [
        'resource',
        fn.count<number>('token').as('held'),
        fn.countAll<number>().as('limit'),
      ])
      .execute(),
  )
}
