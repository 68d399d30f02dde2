import { posix } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileGlob } from './compile-glob.ts'

describe('a key fits a pattern', () => {
  test.each([
    ['*.csv', 'a.csv'],
    ['*.csv', 'a\nb.csv'],
    ['*.csv', 'a"\'`$(x);.csv'],
    ['report_*.txt', 'report_.txt'],
    ['?.csv', '😀.csv'],
    ['?.csv', 'ñ.csv'],
    ['**/*.csv', 'a.csv'],
    ['**/*.csv', 'x/y/a.csv'],
    ['**', 'x/y/a.csv'],
    ['a/**', 'a/b/c'],
    ['a/**/b', 'a/b'],
    ['*.{csv,txt}', 'a.txt'],
    ['a{,.gz}', 'a'],
    ['{a,b/c}/*.csv', 'b/c/x.csv'],
    ['{a,{b,c}}x', 'cx'],
    ['{a}', '{a}'],
    ['[a-c]1', 'b1'],
    ['[!a-c]1', 'd1'],
    ['[]]', ']'],
    ['[a-]', '-'],
    ['[\\]]', ']'],
    ['[{,}]', ','],
    ['\\[1\\]', '[1]'],
    ['\\*', '*'],
    ['report (1).csv', 'report (1).csv'],
    ['!a', '!a'],
    ['#a', '#a'],
    ['.hidden', '.hidden'],
    ['.*', '.hidden'],
    ['.a/*', '.a/b'],
    ['./a', 'a'],
    ['..a*', '..ab'],
  ])('%j: %j', (pattern, key) => {
    expect(compileGlob(pattern).matches(key)).toBe(true)
  })
})

describe('a key does not fit a pattern', () => {
  test.each([
    ['*.csv', 'x/a.csv'],
    ['*.csv', '.csv'],
    ['*', '.hidden'],
    ['**', '.git/a'],
    ['**/*.csv', '.git/a.csv'],
    ['[.]a', '.a'],
    ['?', 'x/'],
    ['a/**', 'a'],
    ['*.csv', 'a.CSV'],
    ['*(1).csv', '1.csv'],
    ['a?c', 'a/c'],
    ['[a-c]', 'd'],
    ['[!a]', 'a'],
    ['*_*_*.txt', 'a_b.txt'],
  ])('%j: %j', (pattern, key) => {
    expect(compileGlob(pattern).matches(key)).toBe(false)
  })
})

test('folders that can hold nothing are told apart from those that can', () => {
  const holds = (pattern: string, folder: string): boolean => compileGlob(pattern).mayHold(folder)
  expect(holds('*.csv', 'a')).toBe(false)
  expect(holds('a/*.csv', 'a')).toBe(true)
  expect(holds('a/*.csv', 'b')).toBe(false)
  expect(holds('a/*.csv', 'a/b')).toBe(false)
  expect(holds('**/*.csv', 'a/b/c')).toBe(true)
  expect(holds('**/*.csv', '.git')).toBe(false)
  expect(holds('{a,b/c}/x', 'b')).toBe(true)
})

test.each([
  ['', 'empty'],
  ['/a', 'leading /'],
  ['a//b', 'leading /'],
  ['../a', 'leading /'],
  ['a/..', 'leading /'],
  ['a**', 'stand alone'],
  ['**.csv', 'stand alone'],
  ['[a', 'never closed'],
  ['{a,b', 'never closed'],
  ['a\\', 'lone'],
  ['[b-a]', 'backwards'],
  ['[:alpha:]', 'list them'],
  ['[[:alpha:]_]*', 'list them'],
  ['{1..3}', 'list the choices'],
  ['{a,b}'.repeat(11), '1000'],
])('%j is refused, with the reason', (pattern, reason) => {
  expect(() => compileGlob(pattern)).toThrow(reason)
})

const name = fc
  .array(fc.constantFrom('a', 'b', '.', '_', 'ñ', ' '), { minLength: 1, maxLength: 6 })
  .map((s) => s.join(''))
const key = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
const wild = fc.constantFrom('a', 'b', '_', '*', '?', '[ab]', '[!a]', '{a,b}', 'ñ')
const part = fc.oneof(
  fc.constant('**'),
  fc.array(wild, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join('').replace(/\*+/g, '*')),
)
const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

test('agrees with the platform where both know the pattern', () => {
  fc.assert(
    fc.property(pattern, key, (glob, path) => {
      // The platform normalises these away; for us they are names like any other.
      fc.pre(!path.split('/').some((one) => one === '.' || one === '..'))
      expect(compileGlob(glob).matches(path)).toBe(posix.matchesGlob(path, glob))
    }),
    { numRuns: 3_000 },
  )
})

test('every folder above a fitting key may hold it', () => {
  fc.assert(
    fc.property(pattern, key, (glob, path) => {
      const compiled = compileGlob(glob)
      fc.pre(compiled.matches(path))
      for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1))
        expect(compiled.mayHold(path.slice(0, end))).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('a hostile name costs no more than an ordinary one', () => {
  const glob = compileGlob('*_*_*_*_*_*.txt')
  const start = performance.now()
  for (let round = 0; round < 100; round++) expect(glob.matches('_'.repeat(255))).toBe(false)
  expect(performance.now() - start).toBeLessThan(2_000)
})
