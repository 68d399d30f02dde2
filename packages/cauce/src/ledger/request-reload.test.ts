import { expect, test } from 'vitest'
import { itemHistory } from './item-history.ts'
import { requestReload } from './request-reload.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import type { SettledState } from './item-transitions.ts'

test('a loaded version is loaded anew as the next generation, one reload at a time', async () => {
  const { ledger, hold, claim, record } = await scratchLedger()
  const held = await hold('a')
  const reload = async (id: number) => requestReload(ledger, { id, by: 'ana', nowMs: 4000 })
  const settleNext = async (state: SettledState) => {
    const [item] = await claim({ limit: 1 })
    await settleItem(ledger, { id: item?.id ?? 0, epoch: item?.epoch ?? 0, state, nowMs: 5000 })
  }
  expect(await reload(held.id)).toBeUndefined()
  await settleItem(ledger, { ...held, state: 'ready', sha256: 'x', loadKey: 'k', nowMs: 3000 })
  const sibling = await reload(held.id)
  expect(sibling).toMatchObject({
    key: 'a',
    version: '1:1',
    generation: 1,
    state: 'pending',
    sizeBytes: 1,
    sha256: null,
    loadKey: null,
    attempts: 0,
  })
  expect((await itemHistory(ledger, sibling?.id ?? 0)).transitions).toMatchObject([
    { fromState: null, toState: 'pending', worker: 'ana', reason: `reload of item ${held.id}` },
  ])
  expect(await reload(held.id)).toBeUndefined()
  await settleNext('failed_layout')
  expect(await reload(held.id)).toBeUndefined()
  expect(await reload(999)).toBeUndefined()
  const [again] = await record(['a'])
  expect(again?.id).toBe(held.id)
})

test('once it is loaded, either generation asks for the next; a cancelled reload is in nobody’s way', async () => {
  const { ledger, hold, claim } = await scratchLedger()
  const held = await hold('a')
  await settleItem(ledger, { ...held, state: 'ready_with_rejects', nowMs: 3000 })
  const ends = ['ready', 'cancelled', 'ready'] as const
  for (const [index, state] of ends.entries()) {
    const sibling = await requestReload(ledger, { id: held.id, by: 'ana', nowMs: 4000 })
    expect(sibling?.generation).toBe(index + 1)
    const [item] = await claim()
    await settleItem(ledger, { id: item?.id ?? 0, epoch: 1, state, nowMs: 5000 })
  }
})

test('a replay is not reloaded: it is sent again', async () => {
  const { ledger, record, claim } = await scratchLedger()
  await record([{ key: 'r', sizeBytes: 1, modifiedMs: 1, kind: 'replay', originLoadKey: 'k' }])
  const [item] = await claim()
  await settleItem(ledger, { id: item?.id ?? 0, epoch: 1, state: 'ready', nowMs: 3000 })
  expect(await requestReload(ledger, { id: item?.id ?? 0, by: 'ana', nowMs: 4000 })).toBeUndefined()
})
