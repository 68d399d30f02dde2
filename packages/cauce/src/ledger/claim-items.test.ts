import { expect, test } from 'vitest'
import { handBack } from './hand-back.ts'
import { itemHistory } from './item-history.ts'
import { recordPlan } from './record-plan.ts'
import { elsewhere, LEASE_MS, planOf, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { startRun } from './start-run.ts'

test('pending items are taken once, oldest first, under a lease and a new epoch', async () => {
  const { record, claim } = await scratchLedger()
  await record(['c', 'a', 'b'])
  const first = await claim({ limit: 2 })
  expect(first.map(({ key }) => key)).toEqual(['c', 'a'])
  expect(first[0]).toMatchObject({
    state: 'extracting',
    epoch: 1,
    attempts: 1,
    ownerHost: self.host,
    ownerPid: self.pid,
    ownerStart: self.start,
    leaseUntilMs: 2000 + LEASE_MS,
  })
  expect((await claim({ owner: elsewhere })).map(({ key }) => key)).toEqual(['b'])
  expect(await claim()).toEqual([])
})

test('an item whose lease ran out is taken, and not before', async () => {
  const { ledger, hold, claim } = await scratchLedger()
  const { id } = await hold()
  expect(await claim({ nowMs: 2000 + LEASE_MS })).toEqual([])
  const [taken] = await claim({ owner: elsewhere, nowMs: 2000 + LEASE_MS + 1 })
  expect(taken).toMatchObject({ id, epoch: 2, attempts: 2, ownerHost: elsewhere.host })
  const { attempts, transitions } = await itemHistory(ledger, id)
  expect(attempts.map(({ epoch, number, outcome, stage }) => [epoch, number, outcome, stage])).toEqual([
    [1, 1, 'lost', 'extracting'],
    [2, 2, null, null],
  ])
  expect(transitions.map(({ fromState, toState }) => [fromState, toState])).toEqual([
    [null, 'pending'],
    ['pending', 'extracting'],
    ['extracting', 'extracting'],
  ])
})

test('what is not due, bound to another host or of another pipeline is left', async () => {
  const { ledger, record, hold, claim } = await scratchLedger()
  await handBack(ledger, { ...(await hold('later')), reason: 'r', tryUsed: true, dueMs: 5000, nowMs: 3000 })
  await record(['bound'], { boundHost: elsewhere.host })
  await record(['other'], { pipeline: 'other' })
  expect(await claim({ nowMs: 4999, takeFailedSystem: true })).toEqual([])
  expect((await claim({ nowMs: 5000 })).map(({ key }) => key)).toEqual(['later'])
  expect((await claim({ owner: elsewhere })).map(({ key }) => key)).toEqual(['bound'])
})

test('no more than nothing is nothing', async () => {
  const { record, claim } = await scratchLedger()
  await record(['a'])
  expect(await claim({ limit: 0 })).toEqual([])
})

test('quarantined items are taken when a person asks, once per run, with a new round of tries', async () => {
  const { ledger, hold, claim } = await scratchLedger()
  const held = await hold()
  await settleItem(ledger, { ...held, state: 'failed_system', nowMs: 3000 })
  expect(await claim()).toEqual([])
  expect(await claim({ takeFailedSystem: true })).toEqual([])
  await recordPlan(ledger, { plan: planOf({ pipeline: 'visits', hash: 'h2' }), nowMs: 4000 })
  const later = await startRun(ledger, { pipeline: 'visits', planHash: 'h2', owner: self, nowMs: 4000 })
  const [again] = await claim({ takeFailedSystem: true, runId: later.id, planHash: 'h2' })
  expect(again).toMatchObject({
    id: held.id,
    attempts: 2,
    roundAttempts: 1,
    planHash: 'h2',
    runId: later.id,
    finishedMs: null,
  })
})

test('two runs side by side do not hand a failing item to each other; the next run takes it, also before it is due', async () => {
  const { ledger, hold, claim } = await scratchLedger()
  const begin = async (nowMs: number) =>
    startRun(ledger, { pipeline: 'visits', planHash: 'h1', owner: self, nowMs })
  await settleItem(ledger, { ...(await hold('failing')), state: 'failed_system', nowMs: 3000 })
  await handBack(ledger, { ...(await hold('later')), reason: 'r', tryUsed: false, dueMs: 9000, nowMs: 3000 })
  const rival = await begin(2999)
  expect(await claim({ runId: rival.id, takeFailedSystem: true, nowMs: 4000 })).toEqual([])
  const next = await begin(3001)
  const taken = await claim({ runId: next.id, takeFailedSystem: true, nowMs: 4000 })
  expect(taken.map(({ key }) => key)).toEqual(['failing', 'later'])
})

test('a file that is gone is not taken again until its source lists it', async () => {
  const { ledger, hold, record, claim } = await scratchLedger()
  const error = { code: 'SOURCE_VANISHED', class: 'system', details: { file: 'gone' } } as const
  await settleItem(ledger, { ...(await hold('gone')), state: 'failed_system', error, nowMs: 3000 })
  const { id: runId } = await startRun(ledger, {
    pipeline: 'visits',
    planHash: 'h1',
    owner: self,
    nowMs: 4000,
  })
  expect(await claim({ runId, takeFailedSystem: true })).toEqual([])
  await record(['gone'])
  expect((await claim({ runId })).map(({ key }) => key)).toEqual(['gone'])
})

test('the table itself refuses an item that is active without an owner, or owned without being active', async () => {
  const { ledger, record } = await scratchLedger()
  await record(['a'])
  const set = async (values: object) => ledger.db.updateTable('item').set(values).execute()
  await expect(set({ state: 'loading' })).rejects.toThrow('item_owned_while_active')
  await expect(set({ leaseUntilMs: 1 })).rejects.toThrow('item_owned_while_active')
  await expect(set({ state: 'lost' })).rejects.toThrow(/check/i)
})

test('asked for some items only, others are left, also when they are due', async () => {
  const { record, claim } = await scratchLedger()
  const [, wanted] = await record(['a', 'b', 'c'])
  expect(await claim({ only: [] })).toEqual([])
  expect((await claim({ only: [wanted?.id ?? 0] })).map(({ key }) => key)).toEqual(['b'])
  expect((await claim()).map(({ key }) => key)).toEqual(['a', 'c'])
})
