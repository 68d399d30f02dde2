import { expect, test } from 'vitest'
import { finishRun } from './finish-run.ts'
import { listRuns } from './list-runs.ts'
import { recordPlan } from './record-plan.ts'
import { planOf, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { startRun } from './start-run.ts'
import { statusOverview } from './status-overview.ts'

const counts = { read: 10, loaded: 7, rejected: 2, skipped: 1, warnings: 3 }

test('a run closes once, with the totals of its items', async () => {
  const { ledger, runId, hold } = await scratchLedger()
  for (const key of ['a', 'b'])
    await settleItem(ledger, { ...(await hold(key)), state: 'ready_with_rejects', counts, nowMs: 3000 })
  const closed = await finishRun(ledger, { id: runId, state: 'done_with_rejects', nowMs: 5000 })
  expect(closed).toMatchObject({ items: 2, read: 20, loaded: 14, rejected: 4, skipped: 2, warnings: 6 })
  expect(closed).toMatchObject({ state: 'done_with_rejects', finishedMs: 5000 })
  expect(await finishRun(ledger, { id: runId, state: 'failed', nowMs: 6000 })).toBeUndefined()
  expect(await listRuns(ledger)).toEqual([closed])
})

test('runs are found by pipeline and state, newest first', async () => {
  const { ledger, runId } = await scratchLedger()
  const later = await startRun(ledger, { pipeline: 'visits', planHash: 'h1', owner: self, nowMs: 7000 })
  const empty = await finishRun(ledger, { id: later.id, state: 'done', nowMs: 7000 })
  expect(empty).toMatchObject({ items: 0, read: 0 })
  expect((await listRuns(ledger)).map(({ id }) => id)).toEqual([later.id, runId])
  expect(await listRuns(ledger, { limit: 1 })).toEqual([empty])
  expect(await listRuns(ledger, { pipeline: 'visits', states: ['done', 'failed'] })).toEqual([empty])
  expect(await listRuns(ledger, { pipeline: 'other' })).toEqual([])
})

test('the overview shows every pipeline with its items, rows and last run', async () => {
  const { ledger, runId, hold, record } = await scratchLedger()
  await settleItem(ledger, { ...(await hold()), state: 'ready_with_rejects', counts, nowMs: 3000 })
  await record(['b', 'c'])
  await recordPlan(ledger, { plan: planOf({ pipeline: 'orders', hash: 'h3' }), nowMs: 1 })
  await recordPlan(ledger, { plan: planOf({ pipeline: 'orders', hash: 'h3' }), nowMs: 2 })
  expect(await statusOverview(ledger)).toMatchObject([
    { pipeline: 'orders', items: {}, rows: { read: 0 }, lastRun: undefined },
    {
      pipeline: 'visits',
      items: { ready_with_rejects: 1, pending: 2 },
      rows: counts,
      lastRun: { id: runId },
    },
  ])
})
