import { failpoint } from '../model/failpoint.ts'
import { claimItems } from '../ledger/claim-items.ts'
import { handBack } from '../ledger/hand-back.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { type Carried, carryItem } from './carry-item.ts'
import { HeldItems } from './held-items.ts'
import { LEASE_MS } from './lease.ts'
import type { Performer } from './performer.ts'
import type { RunContext } from './run-context.ts'

/** Claims asked for at once, per performer: a claim is a disk flush, and small files are quicker than one. */
const CLAIMS_PER_PERFORMER = 4

/**
 * Claims due items (or `only` those of these ids) until there are none, and carries each with a free performer. Stops claiming when the run is interrupted
 * or an item met something that would stop them all (no access, a wrong declaration, a bug of ours).
 */
export async function workItems(
  context: RunContext,
  performers: readonly Performer[],
  only: readonly number[] | undefined,
): Promise<readonly Carried[]> {
  const held = new HeldItems(context.ledger, context.clock)
  const claims = new Claims(context, held, { limit: performers.length * CLAIMS_PER_PERFORMER, only })
  const carried: Carried[] = []
  const work = async (performer: Performer): Promise<void> => {
    for (;;) {
      const item = await claims.next()
      if (item === undefined) return
      const end = await carryItem(context, { performer, held }, item)
      carried.push(end)
      if (stopsTheRun(end)) claims.stop()
    }
  }
  try {
    await untilAllEnded(
      performers.map(async (performer) => work(performer)),
      () => claims.stop(),
    )
  } finally {
    try {
      await claims.giveBack()
    } finally {
      // Heartbeats would keep this process alive for ever.
      await held.close()
    }
  }
  return carried
}

/**
 * Waits for all, also when one fails: whoever went on working after the others were given up would ask for a new performer, which
 * nobody would ever close. `onFailure` keeps them from beginning anything more.
 */
async function untilAllEnded(working: readonly Promise<void>[], onFailure: () => void): Promise<void> {
  for (const one of working) one.catch(onFailure)
  const ends = await Promise.allSettled(working)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Whether an end would be every item's end: no access, a wrong declaration, a bug of ours. */
export function stopsTheRun({ outcome: { error } }: Carried): boolean {
  return (
    error !== undefined && (error.class === 'access' || error.class === 'config' || error.class === 'bug')
  )
}

/** How many claims to ask for at once, and of which items only. */
interface Wanted {
  readonly limit: number
  readonly only: readonly number[] | undefined
}

/** Claimed items that no performer has begun. */
class Claims {
  readonly #context: RunContext
  readonly #held: HeldItems
  readonly #wanted: Wanted
  readonly #ready: ItemRow[] = []
  #asking: Promise<void> | undefined
  readonly #stopped = new AbortController()

  constructor(context: RunContext, held: HeldItems, wanted: Wanted) {
    this.#context = context
    this.#held = held
    this.#wanted = wanted
  }

  async next(): Promise<ItemRow | undefined> {
    if (this.#isOver()) return undefined
    if (this.#ready.length === 0) {
      this.#asking ??= this.#ask()
      await this.#asking
      this.#asking = undefined
    }
    return this.#isOver() ? undefined : this.#ready.shift()
  }

  stop(): void {
    this.#stopped.abort()
  }

  /** Returns what was claimed and not begun, as if it had never been claimed. */
  async giveBack(): Promise<void> {
    const { ledger, clock } = this.#context
    for (const item of this.#ready.splice(0)) {
      this.#held.release(item)
      await handBack(ledger, {
        id: item.id,
        epoch: item.epoch,
        reason: 'not begun',
        tryUsed: false,
        nowMs: clock.now(),
      })
    }
  }

  #isOver(): boolean {
    return this.#stopped.signal.aborted || this.#context.signal.aborted
  }

  async #ask(): Promise<void> {
    const { plan, ledger, owner, runId, clock } = this.#context
    const items = await claimItems(ledger, {
      pipeline: plan.pipeline,
      runId,
      planHash: plan.hash,
      owner,
      ...this.#wanted,
      leaseMs: LEASE_MS,
      takeFailedSystem: true,
      nowMs: clock.now(),
    })
    if (items.length > 0) failpoint('worker:after-claim')
    for (const item of items) this.#held.add(item)
    this.#ready.push(...items)
  }
}
