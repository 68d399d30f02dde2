import { expect, test } from 'vitest'
import type { RunState } from '../model/item-state.ts'
import { nextMoment } from '../plan/schedule/next-moment.ts'
import { finishRun } from './finish-run.ts'
import { fireAfter } from './fire-after.ts'
import type { Ledger } from './ledger-access.ts'
import { scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { startRun } from './start-run.ts'
import { syncSchedules } from './sync-schedules.ts'

const HOUR_MS = 3_600_000

async function follow(ledger: Ledger, on: 'done' | 'always', nowMs: number): Promise<void> {
  const spec = { kind: 'after', pipeline: 'visits', on } as const
  const schedules = [{ pipeline: 'report', rhythm: 'run', spec }] as const
  await syncSchedules(ledger, { schedules, next: nextMoment, nowMs })
}

async function close(ledger: Ledger, state: Exclude<RunState, 'running'>, nowMs: number): Promise<string> {
  const { id } = await startRun(ledger, { pipeline: 'visits', planHash: 'h1', owner: self, nowMs })
  await finishRun(ledger, { id, state, nowMs })
  return id
}

const fire = async (ledger: Ledger, nowMs: number) => {
  const firings = await fireAfter(ledger, { nowMs, limit: 10 })
  return firings.map(({ requestedBy }) => requestedBy)
}

test('each run that closes well makes one firing of its follower, whoever looks', async () => {
  const { ledger } = await scratchLedger()
  await close(ledger, 'done', HOUR_MS - 1)
  await follow(ledger, 'done', HOUR_MS)
  const first = await close(ledger, 'done', 2 * HOUR_MS)
  await close(ledger, 'failed', 2 * HOUR_MS + 1)
  const second = await close(ledger, 'done_with_rejects', 2 * HOUR_MS + 2)
  const fired = await Promise.all([1, 2, 3].map((late) => fire(ledger, 2 * HOUR_MS + late)))
  expect(fired.flat()).toEqual([`run ${first}`, `run ${second}`])
  expect(await fire(ledger, 3 * HOUR_MS)).toEqual([])
  const third = await close(ledger, 'done', 4 * HOUR_MS)
  expect(await fireAfter(ledger, { nowMs: 4 * HOUR_MS, limit: 1 })).toMatchObject([
    { pipeline: 'report', cause: 'after', state: 'waiting', dueMs: 4 * HOUR_MS, requestedBy: `run ${third}` },
  ])
})

test('always follows runs that failed or were interrupted too', async () => {
  const { ledger } = await scratchLedger()
  await follow(ledger, 'always', 1)
  const closed = [await close(ledger, 'failed', 10), await close(ledger, 'interrupted', 20)]
  expect(await fire(ledger, 30)).toEqual(closed.map((id) => `run ${id}`))
})

test('a run is followed though it closed by a clock of the day before', async () => {
  const { ledger } = await scratchLedger()
  await follow(ledger, 'done', 1)
  await close(ledger, 'done', 100 * HOUR_MS)
  await fire(ledger, 100 * HOUR_MS)
  const { id } = await startRun(ledger, {
    pipeline: 'visits',
    planHash: 'h1',
    owner: self,
    nowMs: 100 * HOUR_MS,
  })
  await finishRun(ledger, { id, state: 'done', nowMs: 76 * HOUR_MS })
  expect(await fire(ledger, 101 * HOUR_MS)).toEqual([`run ${id}`])
})

test('runs are followed though the clock was set back behind the declaration', async () => {
  const { ledger } = await scratchLedger()
  await close(ledger, 'done', HOUR_MS)
  await follow(ledger, 'done', 1000 * HOUR_MS)
  const now = await close(ledger, 'done', 2 * HOUR_MS)
  expect(await fire(ledger, 2 * HOUR_MS)).toEqual([`run ${now}`])
})

test('only the followers asked for are fired', async () => {
  const { ledger } = await scratchLedger()
  await follow(ledger, 'done', 1)
  await close(ledger, 'done', 10)
  expect(await fireAfter(ledger, { pipelines: ['other'], nowMs: 20, limit: 10 })).toEqual([])
  expect(await fireAfter(ledger, { pipelines: ['report'], nowMs: 20, limit: 10 })).toHaveLength(1)
})
