import { expect, test } from 'vitest'
import { finishRun } from './finish-run.ts'
import { listOpenRuns } from './list-open-runs.ts'
import { markDiscovered } from './mark-discovered.ts'
import { openItemCount } from './open-item-count.ts'
import { dead, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { startRun } from './start-run.ts'
import { takeOver } from './take-over.ts'

const visits = { pipeline: 'visits', planHash: 'h1', owner: self, nowMs: 2000 }

test('a run says how it came to be and for which day; by default a person began it, in this process', async () => {
  const { ledger, runId } = await scratchLedger()
  const given = { mode: 'dispatched', cause: 'missed', referenceDate: '2026-03-01' } as const
  const run = await startRun(ledger, { ...visits, ...given })
  expect(run).toMatchObject({ ...given, state: 'running', discoveredMs: null })
  const [first] = await listOpenRuns(ledger)
  expect(first).toMatchObject({ id: runId, mode: 'attached', cause: 'manual', referenceDate: null })
  expect(await listOpenRuns(ledger, { mode: 'dispatched' })).toEqual([run])
})

test('it may close when its items were recorded and none is open; the first word stands', async () => {
  const { ledger, runId, record, claim } = await scratchLedger()
  await record(['a', 'b'])
  expect(await markDiscovered(ledger, { id: runId, nowMs: 1500 })).toMatchObject({ discoveredMs: 1500 })
  expect(await markDiscovered(ledger, { id: runId, nowMs: 1600 })).toMatchObject({ discoveredMs: 1500 })
  expect(await openItemCount(ledger, runId)).toBe(2)
  for (const { id, epoch } of await claim()) {
    expect(await openItemCount(ledger, runId)).toBeGreaterThan(0)
    await settleItem(ledger, { id, epoch, state: 'ready', nowMs: 3000 })
  }
  expect(await openItemCount(ledger, runId)).toBe(0)
  await finishRun(ledger, { id: runId, state: 'done', nowMs: 4000 })
  expect(await markDiscovered(ledger, { id: runId, nowMs: 5000 })).toBeUndefined()
  expect(await listOpenRuns(ledger)).toEqual([])
})

test('a dispatched run outlives the process that opened it', async () => {
  const { ledger } = await scratchLedger()
  const attached = await startRun(ledger, { ...visits, owner: dead })
  const dispatched = await startRun(ledger, { ...visits, owner: dead, mode: 'dispatched' })
  const { interruptedRuns } = await takeOver(ledger, { nowMs: 3000 })
  expect(interruptedRuns).toMatchObject([{ id: attached.id }])
  expect(await listOpenRuns(ledger, { mode: 'dispatched' })).toEqual([dispatched])
})
