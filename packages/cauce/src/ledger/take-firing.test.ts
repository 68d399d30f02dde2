import { describe, expect, test } from 'vitest'
import type { OverlapPolicy, Rhythm } from '../model/plan.ts'
import { finishFiring } from './finish-firing.ts'
import { finishRun } from './finish-run.ts'
import type { Ledger } from './ledger-access.ts'
import { listFirings } from './list-firings.ts'
import { renewFiring } from './renew-firing.ts'
import { requestFiring } from './request-firing.ts'
import { dead, elsewhere, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { startRun } from './start-run.ts'
import { takeFiring } from './take-firing.ts'

const LEASE_MS = 100

const ask = async (ledger: Ledger, nowMs: number, rhythm: Rhythm = 'run', pipeline = 'visits') =>
  requestFiring(ledger, { pipeline, rhythm, by: 'ana', nowMs })
const take = async (ledger: Ledger, nowMs: number, overlap: OverlapPolicy = 'skip', owner = self) =>
  takeFiring(ledger, {
    pipelines: ['visits', 'orders'].map((name) => ({ name, overlap })),
    owner,
    leaseMs: LEASE_MS,
    nowMs,
  })
/** Takes what there is and fails the test when there is none. */
const hold = async (...request: Parameters<typeof take>) => {
  const firing = await take(...request)
  if (firing === undefined) throw new Error('nothing to take')
  return firing
}
const states = async (ledger: Ledger) =>
  (await listFirings(ledger))
    .toReversed()
    .map(({ state, reason }) => (reason === null ? state : [state, reason]))
const pause = async (ledger: Ledger, pausedMs: number | null) => {
  await ledger.db
    .insertInto('pipelineControl')
    .values({ pipeline: 'visits', pausedMs })
    .onConflict((on) => on.column('pipeline').doUpdateSet({ pausedMs }))
    .execute()
}

describe('who takes a firing', () => {
  test('has it alone, until it is finished', async () => {
    const { ledger } = await scratchLedger()
    const { id } = await ask(ledger, 10)
    const taken = await Promise.all([self, elsewhere, dead].map((owner) => take(ledger, 20, 'allow', owner)))
    const winners = taken.filter((one) => one !== undefined)
    expect(winners).toHaveLength(1)
    expect(winners).toMatchObject([{ id, state: 'started', leaseUntilMs: 20 + LEASE_MS }])
    const end = { id, startedMs: 20, nowMs: 30 }
    expect(await finishFiring(ledger, { ...end, state: 'done' })).toMatchObject({
      state: 'done',
      finishedMs: 30,
      leaseUntilMs: null,
    })
    expect(await finishFiring(ledger, { ...end, state: 'failed' })).toBeUndefined()
    expect(await take(ledger, 40)).toBeUndefined()
  })

  test('gets the one that waits longest, of the pipelines it has plans for', async () => {
    const { ledger } = await scratchLedger()
    await ask(ledger, 5, 'run', 'unknown')
    await ask(ledger, 20, 'run', 'visits')
    await ask(ledger, 10, 'run', 'orders')
    expect(await hold(ledger, 30)).toMatchObject({ pipeline: 'orders' })
    expect(await hold(ledger, 30)).toMatchObject({ pipeline: 'visits' })
    expect(await take(ledger, 30)).toBeUndefined()
    expect(await takeFiring(ledger, { pipelines: [], owner: self, leaseMs: 1, nowMs: 30 })).toBeUndefined()
  })

  test('loses it when the lease runs out, to somebody who goes on with its run', async () => {
    const { ledger, runId } = await scratchLedger()
    await ask(ledger, 10)
    const first = await hold(ledger, 20, 'skip', elsewhere)
    expect(await renewFiring(ledger, { ...first, runId, leaseMs: LEASE_MS, nowMs: 50 })).toBe(true)
    expect(await take(ledger, 150)).toBeUndefined()
    const second = await hold(ledger, 151)
    expect(second).toMatchObject({ id: first.id, runId, ownerHost: self.host })
    expect(await renewFiring(ledger, { ...first, leaseMs: LEASE_MS, nowMs: 152 })).toBe(false)
    expect(await finishFiring(ledger, { ...first, state: 'failed', nowMs: 152 })).toBeUndefined()
    expect(await finishFiring(ledger, { ...second, state: 'done', nowMs: 152 })).toMatchObject({ runId })
  })

  test('hands it back with a lease of nothing', async () => {
    const { ledger } = await scratchLedger()
    await ask(ledger, 10)
    const first = await hold(ledger, 20)
    await renewFiring(ledger, { ...first, leaseMs: 0, nowMs: 30 })
    expect(await hold(ledger, 31)).toMatchObject({ id: first.id, startedMs: 31 })
  })

  test('is given a new fence even when the clock was set back, and needs not wait for the old future', async () => {
    const { ledger } = await scratchLedger()
    await ask(ledger, 10)
    const first = await hold(ledger, 1e9)
    const second = await hold(ledger, 1000)
    expect(second).toMatchObject({ id: first.id, startedMs: 1e9 + 1, leaseUntilMs: 1000 + LEASE_MS })
    expect(await renewFiring(ledger, { ...first, leaseMs: 1, nowMs: 1001 })).toBe(false)
  })
})

describe('while an earlier one is going', () => {
  test('skip records the later as skipped, and why', async () => {
    const { ledger } = await scratchLedger()
    const { id } = await ask(ledger, 10)
    await take(ledger, 20)
    await ask(ledger, 30)
    expect(await take(ledger, 40)).toBeUndefined()
    expect(await states(ledger)).toEqual(['started', ['skipped', `the earlier firing ${id} is still going`]])
  })

  test('a run that is still running is going, though its firing is done', async () => {
    const { ledger, runId } = await scratchLedger()
    await ask(ledger, 10)
    await finishFiring(ledger, { ...(await hold(ledger, 20)), state: 'done', runId, nowMs: 21 })
    await ask(ledger, 30)
    expect(await take(ledger, 40)).toBeUndefined()
    expect(await states(ledger)).toEqual(['done', ['skipped', `the earlier run ${runId} is still going`]])
    await finishRun(ledger, { id: runId, state: 'done', nowMs: 50 })
    await ask(ledger, 60)
    expect(await take(ledger, 70)).toBeDefined()
  })

  test('a run of a person is no reason to skip', async () => {
    const { ledger } = await scratchLedger()
    await startRun(ledger, { pipeline: 'visits', planHash: 'h1', owner: self, nowMs: 5 })
    await ask(ledger, 10)
    expect(await take(ledger, 20)).toBeDefined()
  })

  test('queue lets the later wait for its turn, and other pipelines pass', async () => {
    const { ledger } = await scratchLedger()
    const asked = []
    for (const nowMs of [10, 11, 12]) asked.push(await ask(ledger, nowMs))
    await ask(ledger, 13, 'run', 'orders')
    const first = await hold(ledger, 20, 'queue')
    expect(await hold(ledger, 21, 'queue')).toMatchObject({ pipeline: 'orders' })
    expect(await take(ledger, 22, 'queue')).toBeUndefined()
    await finishFiring(ledger, { ...first, state: 'done', nowMs: 23 })
    expect(await hold(ledger, 24, 'queue')).toMatchObject({ id: asked[1]?.id })
    expect(await take(ledger, 25, 'queue')).toBeUndefined()
  })

  test('allow starts them side by side', async () => {
    const { ledger } = await scratchLedger()
    await ask(ledger, 10)
    await ask(ledger, 11)
    expect(await take(ledger, 20, 'allow')).toBeDefined()
    expect(await take(ledger, 20, 'allow')).toBeDefined()
  })

  test('missed ones wait for each other even with skip', async () => {
    const { ledger } = await scratchLedger()
    for (const dueMs of [1, 2])
      await ledger.db
        .insertInto('firing')
        .values({
          pipeline: 'visits',
          rhythm: 'run',
          cause: 'missed',
          token: `t${dueMs}`,
          state: 'waiting',
          dueMs,
          requestedBy: 'schedule',
          options: '{}',
          createdMs: 10,
        })
        .execute()
    const first = await hold(ledger, 20)
    expect(await take(ledger, 21)).toBeUndefined()
    await finishFiring(ledger, { ...first, state: 'done', nowMs: 22 })
    expect(await hold(ledger, 23)).toMatchObject({ dueMs: 2 })
  })

  test('looking for items and working on them go on side by side; each keeps its own turn', async () => {
    const { ledger } = await scratchLedger()
    for (const rhythm of ['discover', 'dispatch'] as const) {
      await ask(ledger, 10, rhythm)
      expect(await take(ledger, 20)).toMatchObject({ rhythm })
    }
    for (const rhythm of ['discover', 'dispatch', 'run'] as const) await ask(ledger, 30, rhythm)
    expect(await take(ledger, 40)).toBeUndefined()
    expect(await listFirings(ledger, { states: ['skipped'] })).toHaveLength(3)
  })

  test('two that ask at the same time start one', async () => {
    const { ledger } = await scratchLedger()
    for (let nowMs = 10; nowMs < 16; nowMs++) await ask(ledger, nowMs)
    const taken = await Promise.all(Array.from({ length: 6 }, async () => take(ledger, 20, 'queue')))
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1)
  })
})

describe('while the pipeline is paused', () => {
  test.each(['skip', 'allow'] as const)('with %s nothing starts, and it is recorded', async (overlap) => {
    const { ledger } = await scratchLedger()
    await pause(ledger, 1)
    await ask(ledger, 10)
    expect(await take(ledger, 20, overlap)).toBeUndefined()
    expect(await states(ledger)).toEqual([['skipped', 'the pipeline is paused']])
    await pause(ledger, null)
    await ask(ledger, 30)
    expect(await take(ledger, 40, overlap)).toBeDefined()
  })

  test('with queue firings wait until it goes on', async () => {
    const { ledger } = await scratchLedger()
    await pause(ledger, 1)
    await ask(ledger, 10)
    expect(await take(ledger, 20, 'queue')).toBeUndefined()
    await pause(ledger, null)
    expect(await take(ledger, 30, 'queue')).toBeDefined()
  })
})
