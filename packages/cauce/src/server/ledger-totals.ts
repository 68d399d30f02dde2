import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../model/clock.ts'
import { ITEM_STATES, type ItemState, NO_ROWS, type RowCounts } from '../model/item-state.ts'
import { countItems } from '../ledger/count-items.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { ledgerEnds } from '../ledger/ledger-ends.ts'
import type { JournalEntry } from '../ledger/read-journal.ts'
import { sumSettled } from '../ledger/sum-settled.ts'
import { JournalReader } from './journal-reader.ts'

/** How one pipeline stands. */
export interface PipelineTotals {
  readonly pipeline: string
  /** How many items are in each state; a state without items is absent. */
  readonly items: Readonly<Partial<Record<ItemState, number>>>
  /** Rows of all items that were loaded, ever. */
  readonly rows: RowCounts
}

/** States no item leaves: what was counted once in one of them stays counted. */
export const LASTING_STATES = [
  'ready',
  'ready_with_rejects',
  'duplicate',
] as const satisfies readonly ItemState[]
const OTHER_STATES = ITEM_STATES.filter((state) => !isLasting(state))

/** On SQLite a statement holds up the whole process; so many items take about 6 ms. */
const ITEMS_AT_ONCE = 5_000

/** Several who ask at once, or shortly after one another, are given the same. */
const FRESH_FOR_MS = 1_000

/**
 * What the ledger holds, for whoever asks again and again. Summing up a million items takes a second, so what cannot change any more is
 * summed up once, in parts, and from then on counted as the journal tells it; the rest is counted each time along an index.
 */
export class LedgerTotals {
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #listen: (entries: readonly JournalEntry[]) => Promise<void>
  #reader: Promise<JournalReader> | undefined
  #lasting: Map<string, Sum> | undefined
  #last: { readonly atMs: number; readonly answer: Promise<readonly PipelineTotals[]> } | undefined

  /** `listen` is told everything that happens from `begin` on, once each, in order. */
  constructor(ledger: Ledger, clock: Clock, listen: (entries: readonly JournalEntry[]) => Promise<void>) {
    this.#ledger = ledger
    this.#clock = clock
    this.#listen = listen
  }

  /** Marks the place in the journal from which on is listened to. @throws {CauceError} LEDGER_* */
  async begin(): Promise<JournalReader> {
    this.#reader ??= JournalReader.atEnd(this.#ledger, this.#clock).catch((error: unknown) => {
      this.#reader = undefined
      throw error
    })
    return this.#reader
  }

  /** Every pipeline with items, by name. @throws {CauceError} LEDGER_* */
  async read(): Promise<readonly PipelineTotals[]> {
    const nowMs = this.#clock.now()
    const last = this.#last
    if (last !== undefined && Math.abs(nowMs - last.atMs) < FRESH_FOR_MS) return last.answer
    // One after the other: two who read the journal side by side would each count half of it.
    const before = last?.answer.catch(() => undefined) ?? Promise.resolve()
    const answer = before.then(async () => this.#bringUpToDate())
    this.#last = { atMs: nowMs, answer }
    // A failure is told to whoever asked, and not kept for the next.
    answer.catch(() => {
      if (this.#last?.answer === answer) this.#last = undefined
    })
    return answer
  }

  async #bringUpToDate(): Promise<readonly PipelineTotals[]> {
    const reader = await this.begin()
    const lasting = (this.#lasting ??= await this.#sumUp(reader.beginning))
    const take = async (entries: readonly JournalEntry[]): Promise<void> => {
      // The only step that can fail comes first: entries are counted by both or by none.
      await this.#listen(entries)
      for (const entry of entries)
        if (isLasting(entry.toState)) add(lasting, { ...entry, state: entry.toState, items: 1 })
    }
    while (await reader.next(take)) await setImmediate()
    const others = await countItems(this.#ledger, OTHER_STATES)
    return totalsOf([...lasting.values(), ...others.map((count): Sum => ({ ...count, ...NO_ROWS }))])
  }

  async #sumUp(beginning: JournalReader['beginning']): Promise<Map<string, Sum>> {
    const sums = new Map<string, Sum>()
    const { itemId } = await ledgerEnds(this.#ledger)
    for (let afterId = 0; afterId < itemId; afterId += ITEMS_AT_ONCE) {
      const untilId = Math.min(afterId + ITEMS_AT_ONCE, itemId)
      const found = await sumSettled(this.#ledger, { afterId, untilId, states: LASTING_STATES, ...beginning })
      for (const sum of found) add(sums, sum)
      await setImmediate()
    }
    return sums
  }
}

interface Sum extends RowCounts {
  readonly pipeline: string
  readonly state: ItemState
  readonly items: number
}

function isLasting(state: ItemState): boolean {
  return (LASTING_STATES as readonly ItemState[]).includes(state)
}

function add(sums: Map<string, Sum>, { pipeline, state, items, ...rows }: Sum): void {
  const key = `${state}:${pipeline}`
  const known = sums.get(key)
  sums.set(key, { pipeline, state, items: items + (known?.items ?? 0), ...addRows(rows, known) })
}

function addRows(one: RowCounts, other: RowCounts = NO_ROWS): RowCounts {
  return {
    read: one.read + other.read,
    loaded: one.loaded + other.loaded,
    rejected: one.rejected + other.rejected,
    skipped: one.skipped + other.skipped,
    warnings: one.warnings + other.warnings,
  }
}

function totalsOf(sums: readonly Sum[]): readonly PipelineTotals[] {
  const byPipeline = Map.groupBy(sums, ({ pipeline }) => pipeline)
  return [...byPipeline.keys()].toSorted().map((pipeline) => {
    const own = byPipeline.get(pipeline) ?? []
    return {
      pipeline,
      items: Object.fromEntries(own.map(({ state, items }) => [state, items])),
      rows: own.reduce<RowCounts>((sum, rows) => addRows(rows, sum), NO_ROWS),
    }
  })
}
