import type { Clock } from '../model/clock.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { ledgerEnds } from '../ledger/ledger-ends.ts'
import { type JournalEntry, readJournal } from '../ledger/read-journal.ts'
import { transitionIds } from '../ledger/transition-ids.ts'

/** No honest transaction takes longer; an id that has not come by then was rolled back. */
const MISSING_FOR_MS = 60_000

/** How far back ids may be missing, and how many of them are remembered. */
const LOOK_BACK = 1_000

const ENTRIES_AT_ONCE = 2_000

/**
 * Reads the ledger's transitions as they come, each once, from where it began. Ids are given out before they are committed
 * (PostgreSQL), so one that is passed over is looked for a while longer.
 */
export class JournalReader {
  readonly #ledger: Ledger
  readonly #clock: Clock
  #lastId: number
  /** Ids passed over, and since when. */
  readonly #missing = new Map<number, number>()
  /** Where it began: what happened later comes out of `next`, and those of the late ids that still come. */
  readonly beginning: { readonly journalId: number; readonly lateIds: readonly number[] }

  private constructor(ledger: Ledger, clock: Clock, recent: readonly number[]) {
    this.#ledger = ledger
    this.#clock = clock
    this.#lastId = (recent[0] ?? 1) - 1
    this.#pass(recent)
    this.beginning = { journalId: this.#lastId, lateIds: [...this.#missing.keys()] }
  }

  /** At the newest transition there is. */
  static async atEnd(ledger: Ledger, clock: Clock): Promise<JournalReader> {
    const { transitionId } = await ledgerEnds(ledger)
    const recent = await transitionIds(ledger, { afterId: transitionId - LOOK_BACK, untilId: transitionId })
    return new JournalReader(ledger, clock, recent)
  }

  /**
   * Hands over what happened since, in order; what is not taken, because `take` failed, is handed over again. False: there was
   * nothing more.
   */
  async next(take: (entries: readonly JournalEntry[]) => Promise<void>): Promise<boolean> {
    const read = await readJournal(this.#ledger, {
      afterId: this.#lastId,
      ids: [...this.#missing.keys()],
      limit: ENTRIES_AT_ONCE,
    })
    // Two attempts of an item may have ended in the same millisecond.
    const entries = read.filter(({ id }, index) => id !== read[index - 1]?.id)
    await take(entries)
    this.#pass(entries.map(({ id }) => id))
    const nowMs = this.#clock.now()
    for (const [id, sinceMs] of this.#missing)
      if (nowMs - sinceMs > MISSING_FOR_MS || this.#missing.size > LOOK_BACK) this.#missing.delete(id)
    return entries.length > 0
  }

  #pass(ids: readonly number[]): void {
    const nowMs = this.#clock.now()
    for (const id of ids) {
      this.#missing.delete(id)
      for (let passed = Math.max(this.#lastId + 1, id - LOOK_BACK); passed < id; passed++)
        this.#missing.set(passed, nowMs)
      this.#lastId = Math.max(this.#lastId, id)
    }
  }
}
