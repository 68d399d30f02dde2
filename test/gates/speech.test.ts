import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { houseFiles, houseRoot } from './house.ts'
import { slipsIn } from './speech.ts'

const isText = (bytes: Buffer): boolean => !bytes.subarray(0, 8_192).includes(0)

test('the project speaks of the project alone', () => {
  const found = houseFiles().flatMap((path) => {
    const bytes = readFileSync(join(houseRoot, path))
    return isText(bytes) ? slipsIn(path, bytes.toString('utf8')) : []
  })
  expect(found).toEqual([])
})

// Joined here, so that this file passes its own check.
test.each([
  ['docs/a.md', ['see ', '/work', '/main'], 'a path of one workplace'],
  ['docs/a.md', ['cp ../', 'shared/data'], 'a folder beside the project'],
  ['package-lock.json', ['"https://registry.', 'npmjs.org/x"'], 'a host of a package registry'],
  ['test/a.ts', ['http://deb.', 'debian.org'], 'a host of a package registry'],
  ['src/a.test.ts', ['test.', 'only('], 'a test silenced'],
  ['src/a.test.ts', ['describe.concurrent.', 'skip('], 'a test silenced'],
  ['src/a.ts', ['// @ts-', 'ignore'], 'a type check silenced'],
  ['src/a.ts', ['// TO', 'DO later'], 'work left for later'],
])('in %s %j is seen', (path, pieces, name) => {
  expect(slipsIn(path, pieces.join(''))).toEqual([expect.stringContaining(name)])
})

test.each([
  ['.ci/run', ['data=../', 'shared/data']],
  ['src/a.test.ts', ['test.skipIf(', 'noServer)(']],
  ['src/a.ts', ['const folder = `${home}/', 'work/1`']],
])('in %s %j is not', (path, pieces) => {
  expect(slipsIn(path, pieces.join(''))).toEqual([])
})
