import { expect, test } from 'vitest'
import { claimNext } from './claim-next.ts'
import { listControls } from './list-controls.ts'
import { pausePipeline } from './pause-pipeline.ts'
import { resumePipeline } from './resume-pipeline.ts'
import { LEASE_MS, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { setPriority } from './set-priority.ts'

async function next(ledger: Awaited<ReturnType<typeof scratchLedger>>['ledger']) {
  const plans = [{ pipeline: 'visits', planHash: 'h1' }]
  const items = await claimNext(ledger, { plans, owner: self, limit: 1, leaseMs: LEASE_MS, nowMs: 2000 })
  return items.map(({ key }) => key)
}

test('workers take nothing of a paused pipeline until it goes on; a person’s run does', async () => {
  const { ledger, record, claim } = await scratchLedger()
  await record(['a', 'b'])
  const paused = { pipeline: 'visits', pausedMs: 1500, pausedBy: 'ana', reason: 'database moves' }
  const pause = { pipeline: 'visits', by: 'ana', reason: 'database moves', nowMs: 1500 }
  expect(await pausePipeline(ledger, pause)).toEqual(paused)
  expect(await pausePipeline(ledger, { pipeline: 'visits', by: 'eva', nowMs: 1600 })).toEqual(paused)
  expect(await listControls(ledger)).toEqual([paused])
  expect(await next(ledger)).toEqual([])
  expect(await claim({ limit: 1 })).toHaveLength(1)
  expect(await resumePipeline(ledger, { pipeline: 'visits' })).toBe(true)
  expect(await resumePipeline(ledger, { pipeline: 'visits' })).toBe(false)
  expect(await resumePipeline(ledger, { pipeline: 'never' })).toBe(false)
  expect(await listControls(ledger)).toMatchObject([{ pausedMs: null, pausedBy: null, reason: null }])
  expect(await next(ledger)).toEqual(['b'])
  expect(await pausePipeline(ledger, { pipeline: 'visits', by: 'eva', nowMs: 1600 })).toMatchObject({
    pausedBy: 'eva',
  })
})

test('a person puts an item before the others', async () => {
  const { ledger, record } = await scratchLedger()
  const [, b] = await record(['a', 'b'])
  expect(await setPriority(ledger, { id: b?.id ?? 0, priority: 1 })).toMatchObject({ priority: 1 })
  expect(await setPriority(ledger, { id: 999, priority: 1 })).toBeUndefined()
  expect(await next(ledger)).toEqual(['b'])
})
