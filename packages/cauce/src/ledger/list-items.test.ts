import { expect, test } from 'vitest'
import { findItem } from './find-item.ts'
import { listItems, type ItemFilter } from './list-items.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'

test('items are found by pipeline, state, run and key, newest first', async () => {
  const { ledger, runId, record, claim } = await scratchLedger()
  await record(['Report_1.txt', 'report-2.txt', '100%.csv'])
  await claim({ limit: 1 })
  const keys = async (filter?: ItemFilter) => (await listItems(ledger, filter)).map(({ key }) => key)
  expect(await keys()).toEqual(['100%.csv', 'report-2.txt', 'Report_1.txt'])
  expect(await keys({ limit: 1 })).toEqual(['100%.csv'])
  expect(await keys({ keyContains: 'REPORT' })).toEqual(['report-2.txt', 'Report_1.txt'])
  expect(await keys({ keyContains: 't_' })).toEqual(['Report_1.txt'])
  expect(await keys({ keyContains: '0%' })).toEqual(['100%.csv'])
  expect(await keys({ keyContains: '\\' })).toEqual([])
  expect(await keys({ key: 'report-2.txt' })).toEqual(['report-2.txt'])
  expect(await keys({ key: 'report' })).toEqual([])
  expect(await keys({ states: ['extracting'], pipeline: 'visits', runId })).toEqual(['Report_1.txt'])
  expect(await keys({ pipeline: 'other' })).toEqual([])
  expect(await keys({ states: [] })).toEqual([])
})

test('an item is found by id, by load, or as the newest version of its key', async () => {
  const { ledger, record } = await scratchLedger()
  await record(['a'])
  const [newest] = await record([{ key: 'a', sizeBytes: 2, modifiedMs: 2 }])
  expect(await findItem(ledger, { pipeline: 'visits', key: 'a' })).toEqual(newest)
  expect(await findItem(ledger, { id: newest?.id ?? 0 })).toEqual(newest)
  expect(await findItem(ledger, { id: 99 })).toBeUndefined()
  expect(await findItem(ledger, { loadKey: 'none' })).toBeUndefined()
})
