import type { Seat } from '../perform/seat.ts'
import { Seats } from './seats.ts'

/** Gives this process's performers their seats. */
export class SeatKeeper {
  readonly #own = new Map<string, Seats>()

  /** Resolves with the function that gives the seat back. */
  async take(seat: Seat): Promise<() => void> {
    return this.#ownSeats(seat).take()
  }

  #ownSeats({ resource, limit }: Seat): Seats {
    const key = `${limit} ${resource}`
    const known = this.#own.get(key) ?? new Seats(limit)
    this.#own.set(key, known)
    return known
  }
}
