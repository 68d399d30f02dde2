import { expect, test } from 'vitest'
import { adoptPending } from './adopt-pending.ts'
import { claimNext } from './claim-next.ts'
import { dispatchHeld } from './dispatch-held.ts'
import { HELD_MS } from './held-ms.ts'
import { itemHistory } from './item-history.ts'
import { listItems } from './list-items.ts'
import { openItemCount } from './open-item-count.ts'
import { recordPlan } from './record-plan.ts'
import { elsewhere, LEASE_MS, planOf, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { startRun } from './start-run.ts'

async function withTwoPlans() {
  const scratch = await scratchLedger()
  const { ledger } = scratch
  await recordPlan(ledger, { plan: planOf({ pipeline: 'visits', hash: 'h2' }), nowMs: 1 })
  await recordPlan(ledger, { plan: planOf({ pipeline: 'sales', hash: 's1' }), nowMs: 1 })
  const run = await startRun(ledger, { pipeline: 'visits', planHash: 'h2', owner: self, nowMs: 5000 })
  const next = async (planHash: string, nowMs = 6000) =>
    claimNext(ledger, {
      plans: [{ pipeline: 'visits', planHash }],
      owner: elsewhere,
      limit: 5000,
      leaseMs: LEASE_MS,
      nowMs,
    })
  return { ...scratch, newRunId: run.id, next }
}

test('held items are not claimed, nor open in the run that found them, before they are dispatched', async () => {
  const { ledger, runId, record, next, newRunId } = await withTwoPlans()
  const [a, b] = await record(['a', 'b'], { held: true, priority: 3 })
  await record(['other'], { held: true, pipeline: 'sales', planHash: 's1' })
  expect(a).toMatchObject({ state: 'pending', dueMs: HELD_MS, priority: 3 })
  expect(await next('h1', HELD_MS - 1)).toEqual([])
  expect(await openItemCount(ledger, runId)).toBe(0)
  const given = { pipeline: 'visits', runId: newRunId, planHash: 'h2', nowMs: 5000 }
  expect(await dispatchHeld(ledger, given)).toBe(2)
  expect(await dispatchHeld(ledger, given)).toBe(0)
  expect(await openItemCount(ledger, newRunId)).toBe(2)
  const taken = await next('h2')
  expect(taken.map(({ id, runId: run }) => [id, run])).toEqual([
    [a?.id, newRunId],
    [b?.id, newRunId],
  ])
})

test('a version shown again is held again, in the run that saw it', async () => {
  const { record, newRunId } = await withTwoPlans()
  const entry = (modifiedMs: number) => ({ key: 'a', sizeBytes: 1, modifiedMs })
  await record([entry(1)])
  await record([entry(2)])
  const [again] = await record([entry(1)], { held: true, runId: newRunId, planHash: 'h2' })
  expect(again).toMatchObject({ state: 'pending', dueMs: HELD_MS, runId: newRunId, planHash: 'h2' })
})

test('more are dispatched than one transaction takes', async () => {
  const { ledger, record, newRunId } = await withTwoPlans()
  await record(
    Array.from({ length: 1001 }, (_, index) => `${index}`),
    { held: true },
  )
  const given = { pipeline: 'visits', runId: newRunId, planHash: 'h2', nowMs: 5000 }
  expect(await dispatchHeld(ledger, given)).toBe(1001)
})

test('what waits under an older plan gets the current one, held or not, and what a lost worker left too', async () => {
  const { ledger, hold, record, next } = await withTwoPlans()
  const lost = await hold('lost')
  await record(['a'])
  await record(['held'], { held: true })
  await record(['other'], { pipeline: 'sales', planHash: 's1' })
  const adopt = async (planHash: string, nowMs: number) =>
    adoptPending(ledger, { pipeline: 'visits', planHash, nowMs })
  expect(await adopt('h1', 3000)).toBe(0)
  expect(await adopt('h2', 2000 + LEASE_MS)).toBe(2)
  expect((await listItems(ledger, { key: 'lost' }))[0]).toMatchObject({ state: 'extracting' })
  expect(await adopt('h2', 2001 + LEASE_MS)).toBe(1)
  expect((await itemHistory(ledger, lost.id)).attempts).toMatchObject([{ outcome: 'lost' }])
  const taken = await next('h2', 90_000)
  expect(taken.map(({ key, planHash }) => [key, planHash])).toEqual([
    ['lost', 'h2'],
    ['a', 'h2'],
  ])
  expect((await listItems(ledger, { key: 'other' }))[0]).toMatchObject({ planHash: 's1' })
})
