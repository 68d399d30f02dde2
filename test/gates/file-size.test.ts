import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeLines } from './code-lines.ts'
import { houseFiles, houseRoot } from './house.ts'

const hardLimit = 400
const usualLimit = 300

const sizes = houseFiles()
  .filter((path) => /\.(ts|js)$/.test(path))
  .map((path) => ({ path, lines: codeLines(path, readFileSync(join(houseRoot, path), 'utf8')) }))

test(`no file has more than ${hardLimit} code lines`, () => {
  expect(sizes.length).toBeGreaterThan(10)
  expect(sizes.filter(({ lines }) => lines > hardLimit)).toEqual([])
})

test(`nine of ten source files have at most ${usualLimit}`, () => {
  const sources = sizes.filter(({ path }) => path.startsWith('packages/cauce/src/'))
  const large = sources.filter(({ lines }) => lines > usualLimit)
  expect(large.length, JSON.stringify(large)).toBeLessThanOrEqual(sources.length / 10)
})

test('code is counted, comments and blank lines are not', () => {
  const comment = '/**\n * Ünïcode\n * one\n */\n\n// two\n'
  expect(codeLines('a.ts', `${comment}const a = '// not a comment' // three\n\n`)).toBe(1)
  expect(codeLines('a.ts', 'a()\n'.repeat(401))).toBeGreaterThan(hardLimit)
})
