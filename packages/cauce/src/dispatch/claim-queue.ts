import type { Clock } from '../model/clock.ts'
import type { ItemRow } from '../ledger/tables.ts'

/** How often the ledger is asked for work when it had none. */
const ASK_EVERY_MS = 1_000

interface Request {
  /** Claims up to so many items. */
  readonly claim: (limit: number) => Promise<readonly ItemRow[]>
  readonly clock: Clock
  /** Aborted: nothing more is claimed, and whoever waits gets nothing. */
  readonly signal: AbortSignal
}

/** Hands claimed items to whoever is free. No more is claimed than there are hands: an item waits in the ledger, where others see it. */
export class ClaimQueue {
  readonly #request: Request
  readonly #waiting: ((item: ItemRow | undefined) => void)[] = []
  #nudge = new AbortController()

  constructor(request: Request) {
    this.#request = request
    request.signal.addEventListener('abort', () => this.wake(), { once: true })
  }

  /** The next item; undefined once the queue has stopped. */
  async next(): Promise<ItemRow | undefined> {
    if (this.#request.signal.aborted) return undefined
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      // Whoever becomes free after a busy moment need not sit out the pause of an idle one.
      if (this.#waiting.length === 1) this.wake()
    })
  }

  /** There may be work now: somebody recorded some, or became free. */
  wake(): void {
    this.#nudge.abort()
  }

  /** Claims for whoever waits, until the signal aborts. Rejects with what `claim` rejects with; those who wait get nothing then. */
  async run(): Promise<void> {
    const { claim, clock, signal } = this.#request
    try {
      while (!signal.aborted) {
        this.#nudge = new AbortController()
        const wanted = this.#waiting.length
        const items = wanted === 0 ? [] : await claim(wanted)
        for (const item of items) this.#waiting.shift()?.(item)
        if (items.length < wanted || wanted === 0)
          await clock
            .sleep(ASK_EVERY_MS, AbortSignal.any([this.#nudge.signal, signal]))
            .catch(() => undefined)
      }
    } finally {
      for (const resolve of this.#waiting.splice(0)) resolve(undefined)
    }
  }
}
