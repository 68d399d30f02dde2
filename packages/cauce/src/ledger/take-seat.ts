import type { Transaction } from 'kysely'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import { forUpdate, skipLocked } from './lock-rows.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { LedgerTables, SeatRow } from './tables.ts'

export interface TakeSeatRequest {
  readonly resource: string
  /** At most so many seats of it are taken at once, over all processes. A later request may bring another number. */
  readonly limit: number
  readonly owner: ProcessIdentity
  readonly itemId?: number
  /** What its holder shows to renew or free it; asking again with the same one gives the same seat. */
  readonly token: string
  readonly leaseMs: number
  readonly nowMs: number
}

/**
 * Takes a free seat at a resource, or one whose lease ran out. Undefined: all are taken; ask again. However many ask side by side,
 * never more than `limit` are taken; when the limit was lowered, nobody gets one until enough were freed.
 */
export async function takeSeat(
  ledger: Ledger,
  request: TakeSeatRequest,
): Promise<{ readonly number: number } | undefined> {
  const seen = await seatsOf(ledger, request.resource)
  const own = seen.find((seat) => seat.token === request.token && isTaken(seat, request))
  if (own !== undefined) return { number: own.number }
  // Most who ask find all taken: they must not stand in the way of those who work.
  if (isFull(seen, request)) return undefined
  return writeLedger(ledger, async (transaction) => {
    if (needsOtherSeats(seen, request)) await setUpSeats(transaction, request)
    // Seats beyond the limit are still taken: counting them and taking one are two statements, so one may do so at a time.
    if (seen.some(({ number }) => number > request.limit)) {
      const all = await forUpdate(transaction, bySeat(transaction, request.resource)).execute()
      if (isFull(all, request)) return undefined
    }
    return takeFree(transaction, request)
  })
}

async function seatsOf(ledger: Ledger, resource: string): Promise<readonly SeatRow[]> {
  return readLedger(ledger, (db) =>
    db.selectFrom('seat').where('resource', '=', resource).selectAll().execute(),
  )
}

function bySeat(transaction: Transaction<LedgerTables>, resource: string) {
  return transaction.selectFrom('seat').where('resource', '=', resource).orderBy('number').selectAll()
}

function isTaken({ leaseUntilMs }: SeatRow, { nowMs }: TakeSeatRequest): boolean {
  return leaseUntilMs !== null && leaseUntilMs >= nowMs
}

function isFull(seats: readonly SeatRow[], request: TakeSeatRequest): boolean {
  return seats.filter((seat) => isTaken(seat, request)).length >= request.limit
}

function needsOtherSeats(seats: readonly SeatRow[], { limit }: TakeSeatRequest): boolean {
  return seats.filter(({ number }) => number <= limit).length < limit || seats.length > limit
}

/** Rows 1 to `limit`, and no others but those still taken. */
async function setUpSeats(
  transaction: Transaction<LedgerTables>,
  { resource, limit, nowMs }: TakeSeatRequest,
): Promise<void> {
  await transaction
    .insertInto('seat')
    .values(Array.from({ length: limit }, (_, index) => ({ resource, number: index + 1 })))
    .onConflict((conflict) => conflict.columns(['resource', 'number']).doNothing())
    .execute()
  await transaction
    .deleteFrom('seat')
    .where('resource', '=', resource)
    .where('number', '>', limit)
    .where((eb) => eb.or([eb('token', 'is', null), eb('leaseUntilMs', '<', nowMs)]))
    .execute()
}

async function takeFree(
  transaction: Transaction<LedgerTables>,
  { resource, limit, owner, itemId, token, leaseMs, nowMs }: TakeSeatRequest,
): Promise<{ readonly number: number } | undefined> {
  const free = transaction
    .selectFrom('seat')
    .where('resource', '=', resource)
    .where('number', '<=', limit)
    .where((eb) => eb.or([eb('token', 'is', null), eb('leaseUntilMs', '<', nowMs)]))
    .orderBy('number')
    .limit(1)
    .select('number')
  const found = await skipLocked(transaction, free).executeTakeFirst()
  if (found === undefined) return undefined
  return transaction
    .updateTable('seat')
    .set({
      token,
      ownerHost: owner.host,
      ownerPid: owner.pid,
      ownerStart: owner.start,
      itemId: itemId ?? null,
      takenMs: nowMs,
      leaseUntilMs: nowMs + leaseMs,
    })
    .where('resource', '=', resource)
    .where('number', '=', found.number)
    .where((eb) => eb.or([eb('token', 'is', null), eb('leaseUntilMs', '<', nowMs)]))
    .returning('number')
    .executeTakeFirst()
}
