import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileGlob } from '../compile-glob.ts'
import { keyRange } from './key-range.ts'

test.each([
  ['*.csv', '', true],
  ['**/*.csv', '', false],
  ['**', '', false],
  ['2024/report_*.csv', '2024/report_', true],
  ['./2024/*/a.csv', '2024/', false],
  ['a/{b,c/d}.csv', 'a/', false],
  ['a/b.csv', 'a/b.csv', true],
  ['a/\\[1\\].csv', 'a/', true],
  ['.*', '', true],
  ['a/..*', 'a/', true],
  ['.h*', '.h', true],
])('keys for %s begin with %j; in one folder: %s', (pattern, prefix, isOneFolder) => {
  expect(keyRange(pattern)).toEqual({ prefix, isOneFolder })
})

test('whatever fits a pattern lies in its range', () => {
  const pattern = fc
    .array(fc.constantFrom('a', 'b', '.', '*', '?', '/', '**/', '{a,b/c}', '[ab]', '\\*'), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => parts.join(''))
  const key = fc
    .array(fc.constantFrom('a', 'b', 'c', '.', '/', '*'), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(pattern, key, (text, candidate) => {
      const glob = compiled(text)
      if (glob === undefined || !glob.matches(candidate)) return
      const { prefix, isOneFolder } = keyRange(text)
      expect(candidate.startsWith(prefix)).toBe(true)
      expect(isOneFolder && candidate.slice(prefix.length).includes('/')).toBe(false)
    }),
    { numRuns: 5_000 },
  )
})

function compiled(text: string): ReturnType<typeof compileGlob> | undefined {
  try {
    return compileGlob(text)
  } catch {
    // A pattern that means nothing is refused before its range is asked for.
    return undefined
  }
}
