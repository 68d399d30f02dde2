import { expect, test } from 'vitest'
import { newRunId } from './new-run-id.ts'

test('run ids sort by time', () => {
  const times = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1]
  const ids = times.map(newRunId)
  expect(ids.toSorted()).toEqual(ids)
  for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
})

test('two runs of one millisecond have different ids', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newRunId(1))).size).toBe(1000)
})
