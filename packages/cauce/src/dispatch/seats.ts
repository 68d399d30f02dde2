/** A fixed number of seats at one resource, given out in the order they were asked for. */
export class Seats {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(total: number) {
    this.#free = total
  }

  /** Resolves with the function that gives the seat back; giving it back twice is harmless. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
