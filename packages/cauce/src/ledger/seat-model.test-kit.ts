interface ModelSeat {
  readonly number: number
  readonly token: string
  leaseUntilMs: number
}

/** Seats as plain rules: at most so many at once, each held until it is freed or its lease runs out. */
export class SeatModel {
  readonly #seats = new Map<string, ModelSeat[]>()

  heldAt(resource: string, nowMs: number): number {
    return this.#of(resource).filter(({ leaseUntilMs }) => leaseUntilMs >= nowMs).length
  }

  /** Tells what is wrong with the seat given, if anything is. */
  take(
    resource: string,
    limit: number,
    given: Omit<ModelSeat, 'leaseUntilMs'> | undefined,
    { leaseMs, nowMs, token }: { readonly leaseMs: number; readonly nowMs: number; readonly token: string },
  ): string | undefined {
    const held = this.heldAt(resource, nowMs)
    if (given === undefined)
      return held < limit ? `${held} of ${limit} are held, and none was given` : undefined
    if (held >= limit) return `${held} of ${limit} are held, and one more was given`
    // Those beyond a lowered limit whose lease ran out are no more.
    const seats = this.#of(resource).filter(
      ({ number, leaseUntilMs }) => number <= limit || leaseUntilMs >= nowMs,
    )
    this.#seats.set(resource, seats)
    const other = seats.find(({ number }) => number === given.number)
    if (other !== undefined && other.leaseUntilMs >= nowMs) return `seat ${given.number} was given twice`
    if (other !== undefined) seats.splice(seats.indexOf(other), 1)
    seats.push({ number: given.number, token, leaseUntilMs: nowMs + leaseMs })
    return undefined
  }

  /** False: somebody else sits there. */
  renew(resource: string, { number, token }: Omit<ModelSeat, 'leaseUntilMs'>, untilMs: number): boolean {
    const seat = this.#of(resource).find((one) => one.number === number && one.token === token)
    if (seat !== undefined) seat.leaseUntilMs = untilMs
    return seat !== undefined
  }

  free(resource: string, { number, token }: Omit<ModelSeat, 'leaseUntilMs'>): boolean {
    const seats = this.#of(resource)
    const place = seats.findIndex((one) => one.number === number && one.token === token)
    if (place >= 0) seats.splice(place, 1)
    return place >= 0
  }

  #of(resource: string): ModelSeat[] {
    const known = this.#seats.get(resource) ?? []
    this.#seats.set(resource, known)
    return known
  }
}
