import { expect, test } from 'vitest'
import type { SchedulePlan } from '../model/plan.ts'
import { nextMoment } from '../plan/schedule/next-moment.ts'
import { fireDue } from './fire-due.ts'
import type { Ledger } from './ledger-access.ts'
import { listFirings } from './list-firings.ts'
import { listSchedules } from './list-schedules.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'
import { syncSchedules } from './sync-schedules.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const hourly: SchedulePlan = { kind: 'every', interval: '1h', everyMs: HOUR_MS, missed: 'once' }
const daily: SchedulePlan = { kind: 'every', interval: '1d', everyMs: 24 * HOUR_MS, missed: 'once' }
const next = nextMoment

const sync = async (ledger: Ledger, spec: SchedulePlan, nowMs: number) =>
  syncSchedules(ledger, { schedules: [{ pipeline: 'visits', rhythm: 'run', spec }], next, nowMs })
const fire = async (ledger: Ledger, nowMs: number) => {
  const firings = await fireDue(ledger, { next, nowMs, limit: 10 })
  return firings.map(({ dueMs }) => dueMs)
}

test('a schedule fires at its moment, once, and then at the next', async () => {
  const { ledger } = await scratchLedger()
  expect(await sync(ledger, hourly, 1)).toMatchObject([{ nextMs: HOUR_MS, lastMs: null }])
  expect(await fire(ledger, HOUR_MS - 1)).toEqual([])
  expect(await fire(ledger, HOUR_MS)).toEqual([HOUR_MS])
  expect(await fire(ledger, HOUR_MS + 1)).toEqual([])
  expect(await fire(ledger, 2 * HOUR_MS + 7)).toEqual([2 * HOUR_MS])
  expect(await listSchedules(ledger)).toMatchObject([{ lastMs: 2 * HOUR_MS, nextMs: 3 * HOUR_MS }])
  expect(await listFirings(ledger, { limit: 1 })).toMatchObject([
    { cause: 'schedule', state: 'waiting', requestedBy: 'schedule', options: '{}', runId: null },
  ])
})

test('many dispatchers at once make one firing of a moment', async () => {
  const { ledger } = await scratchLedger()
  await sync(ledger, hourly, 1)
  const all = await Promise.all(Array.from({ length: 8 }, async (_, late) => fire(ledger, HOUR_MS + late)))
  expect(all.flat()).toEqual([HOUR_MS])
})

test('a schedule that did not change still knows what it missed; a changed one counts from now', async () => {
  const { ledger } = await scratchLedger()
  await sync(ledger, hourly, 1)
  expect(await sync(ledger, hourly, 90 * MINUTE_MS)).toMatchObject([{ nextMs: HOUR_MS }])
  expect(await fire(ledger, 90 * MINUTE_MS)).toEqual([HOUR_MS])
  expect(await sync(ledger, daily, 100 * MINUTE_MS)).toMatchObject([
    { nextMs: 24 * HOUR_MS, lastMs: HOUR_MS, changedMs: 100 * MINUTE_MS },
  ])
  expect(await fire(ledger, 3 * HOUR_MS)).toEqual([])
})

test('what is no longer declared goes, of the pipelines spoken for', async () => {
  const { ledger } = await scratchLedger()
  const schedules = (['visits', 'orders'] as const).map((pipeline) => ({
    pipeline,
    rhythm: 'run' as const,
    spec: hourly,
  }))
  await syncSchedules(ledger, { schedules, next, nowMs: 1 })
  const left = async () => (await listSchedules(ledger)).map(({ pipeline }) => pipeline)
  await syncSchedules(ledger, { schedules: [], pipelines: ['other'], next, nowMs: 1 })
  expect(await left()).toEqual(['orders', 'visits'])
  await syncSchedules(ledger, { schedules: [], pipelines: ['orders'], next, nowMs: 1 })
  expect(await left()).toEqual(['visits'])
  await syncSchedules(ledger, { schedules: [], next, nowMs: 1 })
  expect(await left()).toEqual([])
})

test('a pipeline that left its project fires no more; what another project declared stays', async () => {
  const { ledger } = await scratchLedger()
  const stand = async (id: string, pipelines: readonly string[], chosen = pipelines, nowMs = 1) =>
    syncSchedules(ledger, {
      schedules: chosen.map((pipeline) => ({ pipeline, rhythm: 'run', spec: hourly })),
      pipelines: chosen,
      project: { id, pipelines },
      next,
      nowMs,
    })
  const left = async () => (await listSchedules(ledger)).map(({ pipeline }) => pipeline)
  // Of before it was known whose it was.
  await sync(ledger, hourly, 1)
  await stand('shop', ['goods', 'orders', 'moved'])
  await stand('web', ['clicks', 'moved'])
  expect(await left()).toEqual(['clicks', 'goods', 'moved', 'orders', 'visits'])
  expect(await fire(ledger, HOUR_MS)).toHaveLength(5)
  // A dispatcher of some pipelines of the project says nothing about the others.
  await stand('shop', ['goods', 'orders'], ['goods'], HOUR_MS)
  expect(await left()).toEqual(['clicks', 'goods', 'moved', 'orders', 'visits'])
  await stand('shop', ['orders'], ['orders'], HOUR_MS)
  expect(await left()).toEqual(['clicks', 'moved', 'orders', 'visits'])
  expect((await fire(ledger, 2 * HOUR_MS)).length).toBe(4)
  const skipped = (await listFirings(ledger, { limit: 20 })).filter(({ state }) => state === 'skipped')
  expect(skipped).toMatchObject([
    { pipeline: 'goods', finishedMs: HOUR_MS, reason: expect.any(String) as string },
  ])
})

test('a schedule that moves to another project keeps what it missed', async () => {
  const { ledger } = await scratchLedger()
  const of = async (id: string, nowMs: number) =>
    syncSchedules(ledger, {
      schedules: [{ pipeline: 'visits', rhythm: 'run', spec: hourly }],
      project: { id, pipelines: ['visits'] },
      next,
      nowMs,
    })
  await of('old', 1)
  expect(await of('new', 90 * MINUTE_MS)).toMatchObject([{ project: 'new', nextMs: HOUR_MS, changedMs: 1 }])
})

test('only the pipelines asked for are fired', async () => {
  const { ledger } = await scratchLedger()
  await sync(ledger, hourly, 1)
  const request = { next, nowMs: HOUR_MS, limit: 10 }
  expect(await fireDue(ledger, { ...request, pipelines: ['other'] })).toEqual([])
  expect(await fireDue(ledger, { ...request, pipelines: [] })).toEqual([])
  expect(await fireDue(ledger, { ...request, pipelines: ['visits'] })).toHaveLength(1)
})

test('what fires by hand or after another is left alone', async () => {
  const { ledger } = await scratchLedger()
  await syncSchedules(ledger, {
    schedules: [
      { pipeline: 'a', rhythm: 'run', spec: { kind: 'manual' } },
      { pipeline: 'b', rhythm: 'run', spec: { kind: 'after', pipeline: 'a', on: 'done' } },
    ],
    next,
    nowMs: 1,
  })
  expect(await fire(ledger, 1e12)).toEqual([])
})

test('a clock that jumps back a little fires nothing twice', async () => {
  const { ledger } = await scratchLedger()
  await sync(ledger, hourly, 1)
  expect(await fire(ledger, HOUR_MS)).toEqual([HOUR_MS])
  expect(await fire(ledger, HOUR_MS - MINUTE_MS)).toEqual([])
  expect(await fire(ledger, HOUR_MS + MINUTE_MS)).toEqual([])
})

test('after a year of wrong future the schedule goes on at once, and what was fired in it stays fired', async () => {
  const { ledger } = await scratchLedger()
  const yearMs = 365 * 24 * HOUR_MS
  await sync(ledger, daily, 1)
  expect(await fire(ledger, yearMs)).toEqual([yearMs])
  expect(await fire(ledger, 30 * HOUR_MS)).toEqual([])
  expect(await listSchedules(ledger)).toMatchObject([{ nextMs: 48 * HOUR_MS, lastMs: null }])
  expect(await fire(ledger, 48 * HOUR_MS)).toEqual([48 * HOUR_MS])
  expect(await fire(ledger, yearMs)).toEqual([])
  expect(await listSchedules(ledger)).toMatchObject([{ lastMs: yearMs, nextMs: yearMs + 24 * HOUR_MS }])
})

test('a moment let go in a wrong future fires when it really comes', async () => {
  const { ledger } = await scratchLedger()
  await sync(ledger, { ...daily, missed: 'skip' }, 1)
  const fourth = 96 * HOUR_MS
  expect(await fire(ledger, fourth + HOUR_MS)).toEqual([fourth])
  await fire(ledger, 80 * HOUR_MS)
  expect(await fire(ledger, fourth)).toEqual([fourth])
  expect((await listFirings(ledger)).map(({ state }) => state)).toEqual(['waiting', 'skipped'])
})

test('missed: all comes in bounded steps', async () => {
  const { ledger } = await scratchLedger()
  await sync(ledger, { ...hourly, missed: 'all' }, 1)
  const sizes: number[] = []
  for (let size = 1; size > 0; sizes.push(size)) size = (await fire(ledger, 25 * HOUR_MS)).length
  expect(sizes).toEqual([10, 10, 5, 0])
})
