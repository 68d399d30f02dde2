import { expect, test } from 'vitest'
import { claimNext, type ClaimNextRequest } from './claim-next.ts'
import { findItem } from './find-item.ts'
import { handBack } from './hand-back.ts'
import { itemHistory } from './item-history.ts'
import type { ItemEntry } from './record-items.ts'
import { recordPlan } from './record-plan.ts'
import {
  elsewhere,
  LEASE_MS,
  planOf,
  type ScratchLedger,
  scratchLedger,
  self,
} from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { startRun } from './start-run.ts'
import type { ItemRow } from './tables.ts'

const visits = { pipeline: 'visits', planHash: 'h1' }
const sales = { pipeline: 'sales', planHash: 's1' }

interface TwoPipelines extends ScratchLedger {
  readonly recordSales: (entries: readonly (string | ItemEntry)[]) => Promise<ItemRow[]>
  readonly next: (request?: Partial<ClaimNextRequest>) => Promise<ItemRow[]>
}

async function twoPipelines(): Promise<TwoPipelines> {
  const scratch = await scratchLedger()
  const { ledger, record } = scratch
  await recordPlan(ledger, { plan: planOf({ pipeline: 'sales', hash: 's1' }), nowMs: 1 })
  const run = await startRun(ledger, { ...sales, owner: self, nowMs: 1000 })
  return {
    ...scratch,
    recordSales: async (entries) => record(entries, { ...sales, runId: run.id }),
    next: async (request) =>
      claimNext(ledger, {
        plans: [visits, sales],
        owner: self,
        limit: 10,
        leaseMs: LEASE_MS,
        nowMs: 2000,
        ...request,
      }),
  }
}

const keys = (items: readonly ItemRow[]) => items.map(({ key }) => key)

test('items of several pipelines are taken oldest first, and keep their run and plan', async () => {
  const { ledger, runId, record, recordSales, next } = await twoPipelines()
  await record(['v1'])
  await recordSales(['s1'])
  await record(['v2'])
  const taken = await next({ limit: 2 })
  expect(keys(taken)).toEqual(['v1', 's1'])
  expect(taken[0]).toMatchObject({ state: 'extracting', epoch: 1, runId, planHash: 'h1', attempts: 1 })
  expect(taken[1]?.runId).not.toBe(runId)
  expect((await itemHistory(ledger, taken[1]?.id ?? 0)).attempts).toMatchObject([{ runId: taken[1]?.runId }])
  expect(keys(await next({ plans: [sales] }))).toEqual([])
  expect(keys(await next())).toEqual(['v2'])
})

test('a greater priority goes first, whatever its pipeline', async () => {
  const { ledger, record, recordSales, next } = await twoPipelines()
  await record(['v1', 'v2'])
  const [urgent] = await recordSales(['urgent', 's2'])
  await ledger.db
    .updateTable('item')
    .set({ priority: 5 })
    .where('id', '=', urgent?.id ?? 0)
    .execute()
  expect(keys(await next({ limit: 2 }))).toEqual(['urgent', 'v1'])
  expect(keys(await next({ limit: 2 }))).toEqual(['v2', 's2'])
})

test('no pipeline gets more active items than it may have, and the others get theirs', async () => {
  const { ledger, record, recordSales, next } = await twoPipelines()
  await record(['v1', 'v2', 'v3'])
  await recordSales(['s1', 's2'])
  const plans = [{ ...visits, maxItems: 2 }, sales]
  const first = await next({ plans })
  expect(keys(first)).toEqual(['v1', 'v2', 's1', 's2'])
  expect(await next({ plans })).toEqual([])
  await settleItem(ledger, { id: first[0]?.id ?? 0, epoch: 1, state: 'ready', nowMs: 3000 })
  expect(keys(await next({ plans }))).toEqual(['v3'])
})

test('those whose lease ran out go first, also where no room is left', async () => {
  const { record, next } = await twoPipelines()
  await record(['a', 'b', 'c'])
  const plans = [{ ...visits, maxItems: 2 }]
  expect(keys(await next({ plans, limit: 2 }))).toEqual(['a', 'b'])
  const later = 2000 + LEASE_MS
  expect(await next({ plans, nowMs: later })).toEqual([])
  const again = await next({ plans, nowMs: later + 1 })
  expect(again.map(({ key, epoch, attempts }) => [key, epoch, attempts])).toEqual([
    ['a', 2, 2],
    ['b', 2, 2],
  ])
})

test('of a paused pipeline nothing is taken, not even what a lost worker left', async () => {
  const { ledger, record, recordSales, next } = await twoPipelines()
  await record(['v1', 'v2'])
  await recordSales(['s1'])
  await next({ plans: [visits], limit: 1 })
  await ledger.db
    .insertInto('pipelineControl')
    .values({ pipeline: 'visits', pausedMs: 2500, pausedBy: 'ana' })
    .execute()
  expect(keys(await next({ nowMs: 90_000 }))).toEqual(['s1'])
})

test('what is not due, bound to another host, or of another plan is left', async () => {
  const { ledger, hold, record, next } = await twoPipelines()
  await handBack(ledger, { ...(await hold('later')), reason: 'r', tryUsed: true, dueMs: 5000, nowMs: 3000 })
  await record(['bound'], { boundHost: elsewhere.host })
  await record(['ours'], { boundHost: self.host })
  expect(await next({ plans: [{ ...visits, planHash: 'h2' }], nowMs: 90_000 })).toEqual([])
  expect(keys(await next({ nowMs: 4999 }))).toEqual(['ours'])
  expect(keys(await next({ nowMs: 5000 }))).toEqual(['later'])
  expect(keys(await next({ owner: elsewhere, nowMs: 5000 }))).toEqual(['bound'])
})

test('what had to wait stands again where its age puts it', async () => {
  const { ledger, hold, record, next } = await twoPipelines()
  const old = await hold('old')
  await record(['young'])
  await handBack(ledger, { ...old, reason: 'r', tryUsed: true, dueMs: 5000, nowMs: 3000 })
  expect(keys(await next({ limit: 1, nowMs: 5000 }))).toEqual(['old'])
  expect(await findItem(ledger, old)).toMatchObject({ epoch: 2, roundAttempts: 2 })
})

test('of no plan, or no more than nothing, nothing is taken', async () => {
  const { record, next } = await twoPipelines()
  await record(['a'])
  expect(await next({ plans: [] })).toEqual([])
  expect(await next({ limit: 0 })).toEqual([])
})
