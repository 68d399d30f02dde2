import { randomUUID } from 'node:crypto'
import type { Clock } from '../model/clock.ts'
import { freeSeat, type SeatClaim } from '../ledger/free-seat.ts'
import { heartbeat } from '../ledger/heartbeat.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { ProcessIdentity } from '../ledger/process-identity.ts'
import { takeSeat } from '../ledger/take-seat.ts'
import type { Seat } from '../perform/seat.ts'
import { HEARTBEAT_MS, LEASE_MS } from './lease.ts'
import { Seats } from './seats.ts'

/** How often a seat that others hold is asked for again. */
const ASK_EVERY_MS = 200

/** Gives this process's performers their seats: those of this process alone at once, those of all workers through the ledger. */
export class SeatKeeper {
  readonly #ledger: Ledger
  readonly #owner: ProcessIdentity
  readonly #clock: Clock
  readonly #own = new Map<string, Seats>()
  readonly #held = new Set<SeatClaim>()
  #isRenewing = false
  #pause = new AbortController()

  constructor(ledger: Ledger, owner: ProcessIdentity, clock: Clock) {
    this.#ledger = ledger
    this.#owner = owner
    this.#clock = clock
  }

  /** Resolves with the function that gives the seat back; rejects when the signal aborts first. */
  async take(seat: Seat, signal: AbortSignal, itemId?: number): Promise<() => void> {
    const freeOwn = await this.#ownSeats(seat).take()
    if (!seat.isShared) return freeOwn
    try {
      const claim = await this.#askUntilGiven(seat, signal, itemId)
      return () => {
        this.#giveBack(claim)
        freeOwn()
      }
    } catch (error) {
      freeOwn()
      throw error
    }
  }

  #ownSeats({ resource, limit }: Seat): Seats {
    const key = `${limit} ${resource}`
    const known = this.#own.get(key) ?? new Seats(limit)
    this.#own.set(key, known)
    return known
  }

  async #askUntilGiven(
    { resource, limit }: Seat,
    signal: AbortSignal,
    itemId: number | undefined,
  ): Promise<SeatClaim> {
    const token = randomUUID()
    for (;;) {
      signal.throwIfAborted()
      const given = await takeSeat(this.#ledger, {
        resource,
        limit,
        owner: this.#owner,
        token,
        leaseMs: LEASE_MS,
        nowMs: this.#clock.now(),
        ...(itemId !== undefined && { itemId }),
      })
      if (given !== undefined) {
        const claim: SeatClaim = { resource, number: given.number, token }
        this.#held.add(claim)
        if (!this.#isRenewing) void this.#renew()
        return claim
      }
      await this.#clock.sleep(ASK_EVERY_MS, signal)
    }
  }

  #giveBack(claim: SeatClaim): void {
    if (!this.#held.delete(claim)) return
    // A process that is done must not stay for the rest of a beat.
    if (this.#held.size === 0) this.#pause.abort()
    // A ledger that cannot be written now lets the lease run out instead.
    freeSeat(this.#ledger, claim).catch(() => undefined)
  }

  /** Beats while there is a seat to keep. */
  async #renew(): Promise<void> {
    this.#isRenewing = true
    while (this.#held.size > 0) {
      this.#pause = new AbortController()
      await this.#clock.sleep(HEARTBEAT_MS, this.#pause.signal).catch(() => undefined)
      if (this.#held.size === 0) break
      const seats = [...this.#held]
      await heartbeat(this.#ledger, {
        items: [],
        seats,
        leaseMs: LEASE_MS,
        nowMs: this.#clock.now(),
      }).catch(() => undefined)
    }
    this.#isRenewing = false
  }
}
