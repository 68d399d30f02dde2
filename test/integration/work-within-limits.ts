import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { claimNext } from '../../packages/cauce/src/ledger/claim-next.ts'
import { freeSeat, type SeatClaim } from '../../packages/cauce/src/ledger/free-seat.ts'
import { heartbeat } from '../../packages/cauce/src/ledger/heartbeat.ts'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { listItems } from '../../packages/cauce/src/ledger/list-items.ts'
import { type ProcessIdentity, workerName } from '../../packages/cauce/src/ledger/process-identity.ts'
import { settleItem } from '../../packages/cauce/src/ledger/settle-item.ts'
import type { Claim } from '../../packages/cauce/src/ledger/tables.ts'
import { takeSeat } from '../../packages/cauce/src/ledger/take-seat.ts'
import type { LimitsSeen, WithinLimits } from './ledger-worker.ts'

const PLANS = ['h1', 'h2']
const WORK_MS = 150
/** Whoever asks without pause leaves the others no time. */
const PAUSE_MS = 25

/** What a worker does with the ledger, without the work; see `LedgerOrders`. */
export async function workWithinLimits(
  ledger: Ledger,
  owner: ProcessIdentity,
  limits: WithinLimits,
): Promise<LimitsSeen> {
  const { loops, maxItems, maxSeats, leaseMs, marksFolder } = limits
  const items = new Marks(join(marksFolder, 'items'), maxItems * PLANS.length)
  const seats = new Marks(join(marksFolder, 'seats'), maxSeats)
  const held = { items: new Set<Claim>(), seats: new Set<SeatClaim>() }
  const settled: Claim[] = []
  let seatsRefused = 0
  const work = { isDone: false }

  const sitDown = async (token: string): Promise<SeatClaim> => {
    for (;;) {
      const request = { resource: 'destination', limit: maxSeats, owner, token, leaseMs, nowMs: Date.now() }
      const seat = await takeSeat(ledger, request)
      if (seat !== undefined) return { resource: 'destination', token, number: seat.number }
      seatsRefused++
      await sleep(PAUSE_MS)
    }
  }
  const carry = async (claim: Claim): Promise<void> => {
    const takeItemMark = await items.leave(`${claim.id}`)
    const seat = await sitDown(`${workerName(owner)}:${claim.id}:${claim.epoch}`)
    held.seats.add(seat)
    const takeSeatMark = await seats.leave(`${seat.number}`)
    // Longer than a claim takes, or the limits would never be reached.
    await sleep(WORK_MS)
    await takeSeatMark()
    held.seats.delete(seat)
    if (!(await freeSeat(ledger, seat))) throw new Error(`seat ${seat.number} was taken from us`)
    await takeItemMark()
  }
  const loop = async (): Promise<void> => {
    while (!work.isDone) {
      const plans = PLANS.map((planHash) => ({
        pipeline: planHash === 'h1' ? 'visits' : 'sales',
        planHash,
        maxItems,
      }))
      const [item] = await claimNext(ledger, { plans, owner, limit: 1, leaseMs, nowMs: Date.now() })
      if (item === undefined) {
        work.isDone = (await listItems(ledger, { states: ['pending', 'extracting'], limit: 1 })).length === 0
        await sleep(PAUSE_MS)
        continue
      }
      const claim = { id: item.id, epoch: item.epoch }
      held.items.add(claim)
      await carry(claim)
      held.items.delete(claim)
      const counts = { read: 3, loaded: 2, rejected: 1, skipped: 0, warnings: 0 }
      const end = { ...claim, state: 'ready_with_rejects' as const, counts, nowMs: Date.now() }
      if ((await settleItem(ledger, end)) === undefined) throw new Error(`item ${claim.id} was taken from us`)
      settled.push(claim)
    }
  }
  const beat = async (): Promise<void> => {
    while (!work.isDone) {
      const ours = { items: [...held.items], seats: [...held.seats] }
      const { lost, lostSeats } = await heartbeat(ledger, { ...ours, leaseMs, nowMs: Date.now() })
      // What ended while the beat was on its way is lost to it by right.
      if (lost.some((id) => [...held.items].some((claim) => claim.id === id && ours.items.includes(claim))))
        throw new Error(`items ${lost.join()} were taken from us`)
      if (lostSeats.some((seat) => held.seats.has(seat))) throw new Error('seats were taken from us')
      await sleep(50)
    }
  }
  await Promise.all([...Array.from({ length: loops }, loop), beat()])
  return { settled, mostItems: items.most, mostSeats: seats.most, seatsRefused }
}

/** Files that stand for what is at work; two of one name, or more than allowed, are refused. */
class Marks {
  readonly #folder: string
  readonly #allowed: number
  most = 0

  constructor(folder: string, allowed: number) {
    this.#folder = folder
    this.#allowed = allowed
  }

  /** Answers with what takes the mark away. */
  async leave(name: string): Promise<() => Promise<void>> {
    await mkdir(this.#folder, { recursive: true })
    const path = join(this.#folder, name)
    await writeFile(path, '', { flag: 'wx' })
    const { length } = await readdir(this.#folder)
    this.most = Math.max(this.most, length)
    if (length > this.#allowed)
      throw new Error(`${length} at work in ${this.#folder}, ${this.#allowed} allowed`)
    return async () => rm(path)
  }
}
