import type { Transaction } from 'kysely'
import type { SeatClaim } from './free-seat.ts'
import { enterStages, findHeld, type ItemProgress, progressColumns } from './held-item.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { recordTransitions } from './record-transitions.ts'
import type { Claim, LedgerTables } from './tables.ts'

export interface HeartbeatRequest {
  /** What this process really works on, with what it found out since. */
  readonly items: readonly (Claim & ItemProgress)[]
  /** The seats it really sits on. */
  readonly seats?: readonly SeatClaim[]
  readonly leaseMs: number
  readonly nowMs: number
}

export interface HeartbeatAnswer {
  /** Ids others hold now, or nobody: work on them must stop. */
  readonly lost: readonly number[]
  /** Ids still held that somebody wants cancelled: stop, and settle them as `cancelled` once nothing of them can be committed. */
  readonly cancelled: readonly number[]
  /** Seats others sit on now, or nobody: their connections must end. */
  readonly lostSeats: readonly SeatClaim[]
}

/**
 * Renews the leases of the items and seats named, and of no others, writing stages and progress in the same transaction. A lease
 * that ran out is renewed as long as nobody took the item or the seat.
 */
export async function heartbeat(
  ledger: Ledger,
  { items, seats = [], leaseMs, nowMs }: HeartbeatRequest,
): Promise<HeartbeatAnswer> {
  if (items.length === 0 && seats.length === 0) return { lost: [], cancelled: [], lostSeats: [] }
  const time = { leaseMs, nowMs }
  return writeLedger(ledger, async (transaction) => {
    const lost: number[] = []
    const cancelled: number[] = []
    const lostSeats: SeatClaim[] = []
    // Two beats of one process that meet take their rows in the same order, or they would wait for each other.
    for (const item of items.toSorted((one, other) => one.id - other.id)) {
      const state = await renewItem(transaction, item, time)
      if (state === 'lost') lost.push(item.id)
      if (state === 'cancelled') cancelled.push(item.id)
    }
    for (const seat of seats.toSorted(bySeat))
      if (!(await renewSeat(transaction, seat, time))) lostSeats.push(seat)
    return { lost, cancelled, lostSeats }
  })
}

type Time = Pick<HeartbeatRequest, 'leaseMs' | 'nowMs'>

async function renewItem(
  transaction: Transaction<LedgerTables>,
  item: Claim & ItemProgress,
  { leaseMs, nowMs }: Time,
): Promise<'held' | 'cancelled' | 'lost'> {
  const held = await findHeld(transaction, item)
  if (held === undefined) return 'lost'
  const { state, entered } = enterStages(held, item.stages)
  await recordTransitions(transaction, entered)
  await transaction
    .updateTable('item')
    .set({
      ...progressColumns(item),
      state,
      leaseUntilMs: nowMs + leaseMs,
      updatedMs: nowMs,
    })
    .where('id', '=', item.id)
    .where('epoch', '=', item.epoch)
    .where('state', '=', held.state)
    .execute()
  return held.cancelMs === null ? 'held' : 'cancelled'
}

async function renewSeat(
  transaction: Transaction<LedgerTables>,
  { resource, number, token }: SeatClaim,
  { leaseMs, nowMs }: Time,
): Promise<boolean> {
  const renewed = await transaction
    .updateTable('seat')
    .set({ leaseUntilMs: nowMs + leaseMs })
    .where('resource', '=', resource)
    .where('number', '=', number)
    .where('token', '=', token)
    .returning('number')
    .executeTakeFirst()
  return renewed !== undefined
}

function bySeat(one: SeatClaim, other: SeatClaim): number {
  if (one.resource !== other.resource) return one.resource < other.resource ? -1 : 1
  return one.number - other.number
}
