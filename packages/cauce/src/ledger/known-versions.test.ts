import { expect, test } from 'vitest'
import { knownVersions } from './known-versions.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'

test('of the entries listed, those recorded are told, in whatever state, and of this pipeline alone', async () => {
  const { ledger, record, hold } = await scratchLedger()
  const entry = (key: string, modifiedMs: number) => ({ key, sizeBytes: 1, modifiedMs })
  await settleItem(ledger, { ...(await hold('done')), state: 'ready', nowMs: 3000 })
  await record([entry('a', 1)])
  await record([entry('a', 2)])
  await record([{ ...entry('etag', 1), version: 'x' }])
  await record([entry('b', 1)], { pipeline: 'other' })
  const entries = [
    entry('a', 1),
    entry('a', 2),
    entry('a', 3),
    entry('b', 1),
    entry('done', 1),
    entry('etag', 1),
    { ...entry('etag', 1), version: 'x' },
  ]
  const known = await knownVersions(ledger, { pipeline: 'visits', entries })
  expect(entries.filter((one) => known.has(one))).toEqual([entries[0], entries[1], entries[4], entries[6]])
  expect(await knownVersions(ledger, { pipeline: 'visits', entries: [] })).toEqual(new Set())
})

test('a listing may be longer than a statement', async () => {
  const { ledger, record } = await scratchLedger()
  const entries = Array.from({ length: 1001 }, (_, index) => ({
    key: `${index}`,
    sizeBytes: 1,
    modifiedMs: 1,
  }))
  await record(entries.slice(500))
  const known = await knownVersions(ledger, { pipeline: 'visits', entries })
  expect(entries.filter((one) => known.has(one))).toEqual(entries.slice(500))
})
