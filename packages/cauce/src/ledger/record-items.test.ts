import { expect, test } from 'vitest'
import { findItem } from './find-item.ts'
import { itemHistory } from './item-history.ts'
import { listItems } from './list-items.ts'
import { recordItems } from './record-items.ts'
import { scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'

const entry = { key: 'a', sizeBytes: 1, modifiedMs: 1 }

test('an unseen version is new and pending, once; then it is known', async () => {
  const { ledger, runId } = await scratchLedger()
  const request = { pipeline: 'visits', runId, planHash: 'h1', owner: self, boundHost: null, nowMs: 1 }
  const first = await recordItems(ledger, { ...request, entries: [entry, { ...entry, key: 'b' }, entry] })
  expect(first.map(({ item, isNew }) => [item.key, item.state, isNew])).toEqual([
    ['a', 'pending', true],
    ['b', 'pending', true],
    ['a', 'pending', true],
  ])
  const again = await recordItems(ledger, { ...request, entries: [entry] })
  expect(again).toEqual([{ item: first[0]?.item, isNew: false }])
  expect(await listItems(ledger)).toHaveLength(2)
})

test('no entries are fine, and more than a transaction holds keep their order', async () => {
  const { record, claim } = await scratchLedger()
  expect(await record([])).toEqual([])
  const keys = Array.from({ length: 1203 }, (_, index) => `${(index * 7919) % 1203}`)
  expect((await record(keys)).map(({ key }) => key)).toEqual(keys)
  const claimed = [...(await claim({ limit: 9999 })), ...(await claim({ limit: 9999 }))]
  expect(claimed.map(({ key }) => key)).toEqual(keys)
})

test('names of any kind stay what they are', async () => {
  const { ledger, record } = await scratchLedger()
  const keys = ["a'b", 'a"b', 'ñ/é', '😀', 'a\nb', '%_\\', '', ' ']
  expect((await record(keys)).map(({ key }) => key)).toEqual(keys)
  for (const key of keys) expect((await findItem(ledger, { pipeline: 'visits', key }))?.key).toBe(key)
})

test('another version is a new item, and takes the place of one never loaded', async () => {
  const { ledger, record, claim } = await scratchLedger()
  const [old] = await record(['a'])
  const [next] = await record([{ ...entry, sizeBytes: 2 }])
  expect(next?.id).not.toBe(old?.id)
  expect(await findItem(ledger, { id: old?.id ?? 0 })).toMatchObject({
    state: 'superseded',
    finishedMs: 1000,
  })
  expect((await claim()).map(({ id }) => id)).toEqual([next?.id])
  expect(await findItem(ledger, { pipeline: 'visits', key: 'a' })).toMatchObject({ id: next?.id })
})

test('a version shown again after it was superseded is pending again', async () => {
  const { ledger, record } = await scratchLedger()
  const [old] = await record(['a'])
  await record([{ ...entry, sizeBytes: 2 }])
  const [back] = await record(['a'])
  expect(back).toMatchObject({ id: old?.id, state: 'pending', finishedMs: null })
  const { transitions } = await itemHistory(ledger, back?.id ?? 0)
  expect(transitions.map(({ toState }) => toState)).toEqual(['pending', 'superseded', 'pending'])
  expect((await listItems(ledger, { states: ['superseded'] })).map(({ sizeBytes }) => sizeBytes)).toEqual([2])
})

test('another version leaves alone what is loaded, what is held, replays and other pipelines', async () => {
  const { ledger, record, hold } = await scratchLedger()
  await settleItem(ledger, { ...(await hold('loaded')), state: 'ready', nowMs: 3000 })
  await hold('held')
  await record([{ ...entry, key: 'replay', kind: 'replay', originLoadKey: 'k' }])
  await record([entry], { pipeline: 'other' })
  await record(['loaded', 'held', 'replay', 'a'].map((key) => ({ ...entry, key, version: 'v2' })))
  expect(await listItems(ledger, { states: ['superseded'] })).toEqual([])
})

test('a reload is an item of its own beside the version it loads again', async () => {
  const { ledger, record, hold } = await scratchLedger()
  await settleItem(ledger, { ...(await hold()), state: 'ready', nowMs: 3000 })
  await record([{ ...entry, generation: 1 }])
  await record([entry])
  expect((await listItems(ledger)).map(({ generation, state }) => [generation, state])).toEqual([
    [1, 'pending'],
    [0, 'ready'],
  ])
})
