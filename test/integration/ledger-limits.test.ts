import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { claimNext } from '../../packages/cauce/src/ledger/claim-next.ts'
import { freeSeat } from '../../packages/cauce/src/ledger/free-seat.ts'
import { handBack } from '../../packages/cauce/src/ledger/hand-back.ts'
import { heartbeat } from '../../packages/cauce/src/ledger/heartbeat.ts'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { listItems } from '../../packages/cauce/src/ledger/list-items.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { openNextDay } from '../../packages/cauce/src/ledger/open-next-day.ts'
import { ownIdentity } from '../../packages/cauce/src/ledger/process-identity.ts'
import { recordItems } from '../../packages/cauce/src/ledger/record-items.ts'
import { recordPlan } from '../../packages/cauce/src/ledger/record-plan.ts'
import { seatUsage } from '../../packages/cauce/src/ledger/seat-usage.ts'
import { settleItem } from '../../packages/cauce/src/ledger/settle-item.ts'
import { startRun } from '../../packages/cauce/src/ledger/start-run.ts'
import { takeSeat } from '../../packages/cauce/src/ledger/take-seat.ts'
import type { Plan } from '../../packages/cauce/src/model/plan.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'

/** Rivals of several connections, all at once: what holds one statement after the other must hold side by side. */
const RIVALS = 6
const ITEMS = 120
const LEASE_MS = 60_000
const plan = { pipeline: 'visits', planHash: 'h1' }
const owner = await ownIdentity()

type OpenAll = () => Promise<readonly Ledger[]>

async function openAt(url: string): Promise<readonly Ledger[]> {
  const first = await openLedger(url)
  const others = await Promise.all(Array.from({ length: RIVALS - 1 }, async () => openLedger(url)))
  const all = [first, ...others]
  onTestFinished(async () => void (await Promise.all(all.map(async (ledger) => ledger.close()))))
  return all
}

async function onSqlite(): Promise<readonly Ledger[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-ledger-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  return openAt(`sqlite:${join(folder, 'ledger.db')}`)
}

async function onPostgres(): Promise<readonly Ledger[]> {
  const database = await sharedPostgres().createDatabase()
  onTestFinished(async () => database.drop())
  return openAt(database.url)
}

async function fill(ledger: Ledger, items: number): Promise<string> {
  await recordPlan(ledger, { plan: { pipeline: 'visits', hash: 'h1' } as Plan, nowMs: 1 })
  const run = await startRun(ledger, { ...plan, owner, mode: 'dispatched', nowMs: 1000 })
  const entries = Array.from({ length: items }, (_, index) => ({
    key: `${index}`,
    sizeBytes: 1,
    modifiedMs: 1,
  }))
  await recordItems(ledger, { ...plan, runId: run.id, owner, boundHost: null, entries, nowMs: 1000 })
  return run.id
}

function itHolds(open: OpenAll): void {
  test('never more active items than a pipeline may have, and each item once', async () => {
    const maxItems = 4
    const ledgers = await open()
    const [watcher] = ledgers as [Ledger]
    await fill(watcher, ITEMS)
    let most = 0
    const over = new AbortController()
    const watch = async () => {
      while (!over.signal.aborted) {
        const active = await listItems(watcher, { states: ['extracting', 'transforming', 'loading'] })
        most = Math.max(most, active.length)
        await sleep(1)
      }
    }
    const done: number[] = []
    const work = async (ledger: Ledger, rival: number) => {
      while (done.length < ITEMS) {
        const plans = [{ ...plan, maxItems }]
        const time = { leaseMs: LEASE_MS, nowMs: 2000 }
        const items = await claimNext(ledger, { plans, owner, limit: 1 + (rival % 3), ...time })
        if (items.length === 0) await sleep(2)
        for (const { id, epoch } of items) {
          await settleItem(ledger, { id, epoch, state: 'ready', nowMs: 3000 })
          expect(epoch).toBe(1)
          done.push(id)
        }
      }
    }
    const watching = watch()
    await Promise.all(ledgers.map(work)).finally(() => over.abort())
    await watching
    expect(new Set(done).size).toBe(ITEMS)
    expect(done).toHaveLength(ITEMS)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(maxItems)
  })

  test('never more seats than the limit, each with one holder, and everybody gets one', async () => {
    const limit = 3
    const ledgers = await open()
    const holders = new Map<number, string>()
    let most = 0
    const sit = async (ledger: Ledger, rival: number) => {
      for (let turn = 0; turn < 8;) {
        const token = `${rival}/${turn}`
        const time = { leaseMs: LEASE_MS, nowMs: 2000 }
        const seat = await takeSeat(ledger, { resource: 'db', limit, owner, token, ...time })
        if (seat === undefined) {
          await sleep(2)
          continue
        }
        expect(holders.get(seat.number)).toBeUndefined()
        holders.set(seat.number, token)
        most = Math.max(most, holders.size)
        await sleep(3)
        const claim = { resource: 'db', number: seat.number, token }
        const { lostSeats } = await heartbeat(ledger, { items: [], seats: [claim], ...time })
        expect(lostSeats).toEqual([])
        holders.delete(seat.number)
        expect(await freeSeat(ledger, claim)).toBe(true)
        turn++
      }
    }
    await Promise.all(ledgers.map(sit))
    expect(most).toBe(limit)
    expect(await seatUsage(ledgers[0] as Ledger)).toEqual([{ resource: 'db', held: 0, limit }])
  })

  test('a limit that is lowered under them is never passed again', async () => {
    const ledgers = await open()
    const [first] = ledgers as [Ledger]
    const take = async (ledger: Ledger, token: string, limit: number) => {
      const time = { leaseMs: LEASE_MS, nowMs: 2000 }
      const seat = await takeSeat(ledger, { resource: 'db', limit, owner, token, ...time })
      return seat === undefined ? [] : [{ resource: 'db', number: seat.number, token }]
    }
    const held = (
      await Promise.all(ledgers.map(async (ledger, rival) => take(ledger, `a${rival}`, RIVALS)))
    ).flat()
    expect(held).toHaveLength(RIVALS)
    // Free ones lie below the new limit, taken ones above it.
    for (const seat of held.filter(({ number }) => number <= 2)) await freeSeat(first, seat)
    const more = (
      await Promise.all(ledgers.map(async (ledger, rival) => take(ledger, `b${rival}`, 5)))
    ).flat()
    expect(more).toHaveLength(1)
    expect((await seatUsage(first))[0]).toMatchObject({ held: 5 })
  })

  test('two dispatchers that open the next day at once open each item once', async () => {
    const ledgers = await open()
    const [first] = ledgers as [Ledger]
    const runId = await fill(first, 40)
    for (const { id, epoch } of await claimNext(first, {
      plans: [plan],
      owner,
      limit: 40,
      leaseMs: LEASE_MS,
      nowMs: 2000,
    }))
      await (id % 2 === 0
        ? settleItem(first, { id, epoch, state: 'failed_system', nowMs: 3000 })
        : handBack(first, { id, epoch, reason: 'r', tryUsed: true, dueMs: 5000, nowMs: 3000 }))
    const opened = await Promise.all(
      ledgers.map(async (ledger) => openNextDay(ledger, { ...plan, runId, days: 2, nowMs: 4000 })),
    )
    expect(opened.reduce((sum, count) => sum + count, 0)).toBe(20)
    const taken = await Promise.all(
      ledgers.map(async (ledger) =>
        claimNext(ledger, { plans: [plan], owner, limit: 40, leaseMs: LEASE_MS, nowMs: 5000 }),
      ),
    )
    expect(taken.flat().map(({ epoch }) => epoch)).toEqual(Array.from({ length: 40 }, () => 2))
  })
}

describe('on SQLite', () => {
  itHolds(onSqlite)
})

describeNeeding('postgres')('on PostgreSQL', () => {
  itHolds(onPostgres)
})
