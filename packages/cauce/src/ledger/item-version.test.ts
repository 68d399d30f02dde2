import { expect, test } from 'vitest'
import { listedVersion, versionOf } from './item-version.ts'

test.each([
  { key: 'a', sizeBytes: 1, modifiedMs: 2 },
  { key: 'a', sizeBytes: 1, modifiedMs: 2, version: 'etag:1:2' },
])('what was listed comes back from what was recorded: %o', (listed) => {
  const recorded = { key: listed.key, sizeBytes: 1, modifiedMs: 2, version: versionOf(listed) }
  expect(listedVersion(recorded)).toEqual(listed)
})
