import { expect, test } from 'vitest'
import { claimNext } from './claim-next.ts'
import { findItem } from './find-item.ts'
import { handBack } from './hand-back.ts'
import { heartbeat } from './heartbeat.ts'
import { itemHistory } from './item-history.ts'
import { releaseClaim } from './release-claim.ts'
import { requestCancel } from './request-cancel.ts'
import { retryItem } from './retry-item.ts'
import { elsewhere, LEASE_MS, scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'

const ana = { by: 'ana', nowMs: 3000 }
const loading = [{ state: 'loading', atMs: 2500 }] as const

test('a pending item is cancelled at once, is not claimed, and comes back when a person retries it', async () => {
  const { ledger, record, claim } = await scratchLedger()
  const [item] = await record(['a'])
  const id = item?.id ?? 0
  expect(await requestCancel(ledger, { id, ...ana })).toMatchObject({
    state: 'cancelled',
    cancelMs: 3000,
    cancelBy: 'ana',
    finishedMs: 3000,
  })
  expect(await claim()).toEqual([])
  expect(await requestCancel(ledger, { id, ...ana })).toBeUndefined()
  expect(await requestCancel(ledger, { id: 999, ...ana })).toBeUndefined()
  const again = await retryItem(ledger, { id, by: 'eva', reason: 'after all', nowMs: 4000 })
  expect(again).toMatchObject({ state: 'pending', cancelMs: null, cancelBy: null })
  expect(await claim()).toMatchObject([{ id }])
})

test('whoever works on it is told at every heartbeat, and settles it as cancelled with its story', async () => {
  const { ledger, hold } = await scratchLedger()
  const first = await hold()
  const error = { code: 'DISK_FULL', class: 'system', details: { path: '/x' } } as const
  await handBack(ledger, { ...first, reason: 'r', tryUsed: true, error, nowMs: 2100 })
  const held = await hold()
  const beat = async () => heartbeat(ledger, { items: [held], leaseMs: LEASE_MS, nowMs: 3100 })
  expect(await beat()).toMatchObject({ lost: [], cancelled: [] })
  const asked = await requestCancel(ledger, { id: held.id, ...ana })
  expect(asked).toMatchObject({ state: 'extracting', cancelMs: 3000, cancelBy: 'ana' })
  const later = await requestCancel(ledger, { id: held.id, by: 'eva', nowMs: 3050 })
  expect(later).toMatchObject({ cancelMs: 3000, cancelBy: 'ana' })
  expect(await beat()).toMatchObject({ lost: [], cancelled: [held.id] })
  expect(await beat()).toMatchObject({ lost: [], cancelled: [held.id] })
  await settleItem(ledger, { ...held, state: 'cancelled', nowMs: 3200 })
  const told = { state: 'cancelled', cancelBy: 'ana', errorCode: 'DISK_FULL', attempts: 2 }
  expect(await findItem(ledger, held)).toMatchObject(told)
})

test('what ended in time stays as it ended', async () => {
  const { ledger, hold } = await scratchLedger()
  const held = await hold()
  await requestCancel(ledger, { id: held.id, ...ana })
  await settleItem(ledger, { ...held, state: 'ready', stages: loading, nowMs: 3200 })
  expect(await requestCancel(ledger, { id: held.id, ...ana })).toBeUndefined()
  expect(await findItem(ledger, held)).toMatchObject({ state: 'ready' })
})

test('handed back, released or left by its holder it is cancelled, not tried again', async () => {
  const { ledger, hold } = await scratchLedger()
  const ends = [
    async (held: { id: number; epoch: number }) =>
      handBack(ledger, { ...held, reason: 'DISK_FULL', tryUsed: true, stages: loading, nowMs: 3200 }),
    async (held: { id: number; epoch: number }) =>
      handBack(ledger, { ...held, reason: 'interrupted', tryUsed: false, dueMs: 9000, nowMs: 3200 }),
    async (held: { id: number; epoch: number }) =>
      releaseClaim(ledger, { ...held, reason: 'dead', nowMs: 3200 }),
    async () =>
      claimNext(ledger, {
        plans: [{ pipeline: 'visits', planHash: 'h1' }],
        owner: elsewhere,
        limit: 1,
        leaseMs: LEASE_MS,
        nowMs: 90_000,
      }),
  ]
  for (const [index, end] of ends.entries()) {
    const held = await hold(`${index}`)
    await requestCancel(ledger, { id: held.id, ...ana })
    await end(held)
    expect(await findItem(ledger, held)).toMatchObject({ state: 'cancelled', epoch: 1, dueMs: 0 })
    const { transitions } = await itemHistory(ledger, held.id)
    expect(transitions.at(-1)?.reason).toContain('cancelled by ana')
  }
})

test('what may have been committed when its holder was lost goes on: only the destination can tell', async () => {
  const { ledger, hold, claim } = await scratchLedger()
  const held = await hold()
  await heartbeat(ledger, { items: [{ ...held, stages: loading }], leaseMs: LEASE_MS, nowMs: 2500 })
  await requestCancel(ledger, { id: held.id, ...ana })
  const [again] = await claim({ owner: elsewhere, nowMs: 90_000 })
  expect(again).toMatchObject({ id: held.id, epoch: 2, cancelMs: null })
  // Also when the next one is lost before it looked, and while it waits for another.
  await requestCancel(ledger, { id: held.id, ...ana })
  const [third] = await claim({ owner: elsewhere, nowMs: 190_000 })
  expect(third).toMatchObject({ id: held.id, epoch: 3, cancelMs: null })
  await requestCancel(ledger, { id: held.id, ...ana })
  await releaseClaim(ledger, { id: held.id, epoch: 3, reason: 'dead', nowMs: 190_001 })
  expect(await findItem(ledger, held)).toMatchObject({ state: 'pending', cancelMs: null, cancelBy: null })
  expect(await requestCancel(ledger, { id: held.id, ...ana })).toBeUndefined()
  const [last] = await claim({ owner: elsewhere, nowMs: 190_002 })
  await requestCancel(ledger, { id: held.id, ...ana })
  await settleItem(ledger, { id: held.id, epoch: last?.epoch ?? 0, state: 'cancelled', nowMs: 190_003 })
  expect(await findItem(ledger, held)).toMatchObject({ state: 'cancelled', cancelBy: 'ana' })
})
