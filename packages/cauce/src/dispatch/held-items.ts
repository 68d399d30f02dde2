import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import { heartbeat } from '../ledger/heartbeat.ts'
import type { StageEntry } from '../ledger/held-item.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { ItemIdentity } from '../perform/messages.ts'
import { HEARTBEAT_MS, LEASE_MS } from './lease.ts'

/** Stages as the ledger records them: `extracting` begins with the claim, archive belongs to the load. */
type EnteredState = StageEntry['state']

interface Held {
  readonly item: ItemRow
  readonly abort: AbortController
  isCancelled: boolean
  readonly stages: StageEntry[]
  identity: ItemIdentity | undefined
  bytes: number | undefined
  rows: number | undefined
}

/** The items this process holds: renews their leases together, and stops the work on any that was lost to another. */
export class HeldItems {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #held = new Map<number, Held>()
  readonly #stopped = new AbortController()
  readonly #beating: Promise<void>

  constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger
    this.#clock = clock
    this.#beating = this.#beat()
  }

  /** Looks after an item from its claim on, also while it waits for a performer. */
  add(item: ItemRow): void {
    this.#held.set(item.id, {
      item,
      abort: new AbortController(),
      isCancelled: false,
      stages: [],
      identity: undefined,
      bytes: undefined,
      rows: undefined,
    })
  }

  /** Aborts when the item's claim is lost, or with `signal`. */
  signalOf(item: ItemRow, signal: AbortSignal): AbortSignal {
    const held = this.#held.get(item.id)
    return held === undefined ? signal : AbortSignal.any([held.abort.signal, signal])
  }

  note(
    item: ItemRow,
    seen: {
      readonly state?: EnteredState | undefined
      readonly bytes?: number | undefined
      readonly rows?: number | undefined
    },
  ): void {
    const held = this.#held.get(item.id)
    if (held === undefined) return
    if (seen.state !== undefined && held.stages.at(-1)?.state !== seen.state)
      held.stages.push({ state: seen.state, atMs: this.#clock.now() })
    held.bytes = seen.bytes ?? held.bytes
    held.rows = seen.rows ?? held.rows
  }

  /** Writes down now, durably, what the item's bytes are; whatever dies later, the load can be found by it. */
  async identify(item: ItemRow, identity: ItemIdentity): Promise<void> {
    const held = this.#held.get(item.id)
    if (held === undefined) return
    held.identity = identity
    this.note(item, { state: 'loading' })
    await this.#renew([held])
  }

  /** Whether somebody wanted it cancelled while it was held. */
  isCancelled({ id }: ItemRow): boolean {
    return this.#held.get(id)?.isCancelled ?? false
  }

  /** Lets go on what was to be cancelled and can no longer be. */
  forgetCancel({ id }: ItemRow): void {
    const held = this.#held.get(id)
    if (held !== undefined) held.isCancelled = false
  }

  /** What is known of an item, in the form the ledger takes; and the end of looking after it. */
  release(item: ItemRow): Pick<Held, 'stages' | 'identity' | 'isCancelled'> {
    const held = this.#held.get(item.id)
    this.#held.delete(item.id)
    return {
      stages: held?.stages ?? [],
      identity: held?.identity,
      isCancelled: held?.isCancelled ?? false,
    }
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#beating
  }

  async #beat(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      await this.#clock.sleep(HEARTBEAT_MS, this.#stopped.signal).catch(() => undefined)
      if (this.#held.size > 0) await this.#renew([...this.#held.values()]).catch(passing)
    }
  }

  async #renew(holding: readonly Held[]): Promise<void> {
    const { lost, cancelled } = await heartbeat(this.#ledger, {
      items: holding.map(({ item, stages, identity, bytes, rows }) => ({
        id: item.id,
        epoch: item.epoch,
        stages,
        ...identity,
        ...(bytes === undefined ? {} : { progressBytes: bytes }),
        ...(rows === undefined ? {} : { progressRows: rows }),
      })),
      leaseMs: LEASE_MS,
      nowMs: this.#clock.now(),
    })
    for (const id of lost) this.#held.get(id)?.abort.abort(new Error('the claim was lost'))
    for (const id of cancelled) {
      const held = this.#held.get(id)
      if (held === undefined) continue
      held.isCancelled = true
      held.abort.abort(new Error('cancelled'))
    }
  }
}

/**
 * A ledger that cannot be written to just now may be at the next beat. Until then the lease runs out at worst, and whoever takes
 * the item over is kept from loading it twice by the destination's guard; settling it fails loudly if there is still no room.
 */
function passing(error: unknown): void {
  if (!(error instanceof CauceError) || error.class !== 'system') throw error
}
