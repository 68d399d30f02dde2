import { type Ledger, writeLedger } from './ledger-access.ts'

/** Which seat, and the token it was taken with. */
export interface SeatClaim {
  readonly resource: string
  readonly number: number
  readonly token: string
}

/** Gives a seat back. False: it was no longer held with this token. */
export async function freeSeat(ledger: Ledger, { resource, number, token }: SeatClaim): Promise<boolean> {
  return writeLedger(ledger, async (transaction) => {
    const freed = await transaction
      .updateTable('seat')
      .set({
        token: null,
        ownerHost: null,
        ownerPid: null,
        ownerStart: null,
        itemId: null,
        takenMs: null,
        leaseUntilMs: null,
      })
      .where('resource', '=', resource)
      .where('number', '=', number)
      .where('token', '=', token)
      .returning('number')
      .executeTakeFirst()
    return freed !== undefined
  })
}
