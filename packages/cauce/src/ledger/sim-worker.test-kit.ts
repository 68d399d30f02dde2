import type { SeatClaim } from './free-seat.ts'
import type { ProcessIdentity } from './process-identity.ts'

/** A claim as the worker that got it remembers it, true or not. */
export interface SimClaim {
  readonly id: number
  readonly epoch: number
  /** Its transaction at the destination is open: it may commit at any moment, whatever the ledger thinks. */
  isLoading: boolean
  /** The transaction was rolled back under it. */
  isBroken: boolean
  /** A heartbeat said that somebody wants it cancelled. */
  isUnwanted: boolean
}

/** A worker process: what it knows is in its memory, and gone with it. */
export interface SimWorker {
  owner: ProcessIdentity
  isAlive: boolean
  /** The plans it was started with, by pipeline. */
  plans: ReadonlyMap<string, string>
  claims: SimClaim[]
  seats: SeatClaim[]
}
