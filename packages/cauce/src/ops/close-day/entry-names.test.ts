import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EntryNames } from './entry-names.ts'

function namesOf(...keys: readonly string[]): readonly string[] {
  const names = new EntryNames()
  return keys.map((key) => names.nameFor(key))
}

test('plain keys stay what they are', () => {
  expect(namesOf('report_7.txt', '2026/noviembre/report_8.txt', 'niño 🚀.csv')).toEqual([
    'report_7.txt',
    '2026/noviembre/report_8.txt',
    'niño 🚀.csv',
  ])
})

test('keys that would leave the folder, or trouble a system, do not', () => {
  expect(
    namesOf('../../etc/passwd', '/root/x', 'C:\\win', 'a/./b', 'nul.txt', 'x. ', 'a\x1b[2J', ''),
  ).toEqual(['__/__/etc/passwd', 'root/x', 'C__win', 'a/_/b', '_nul.txt', 'x__', 'a_[2J', '_'])
})

test('what is called the same somewhere is numbered', () => {
  expect(namesOf('a.txt', 'a.txt', 'A.TXT', 'MANIFEST.json', 'manifest.JSON', 'ﬁ.txt', 'fi.txt')).toEqual([
    'a.txt',
    'a~2.txt',
    'A~3.TXT',
    'MANIFEST~2.json',
    'manifest~3.JSON',
    'ﬁ.txt',
    'fi~2.txt',
  ])
})

test('a file and a folder are never called the same', () => {
  expect(namesOf('a', 'a/b', 'c/d', 'c')).toEqual(['a', 'a~2/b', 'c/d', 'c~2'])
})

test('names given before are not given again', () => {
  const names = new EntryNames(['a.txt', 'b/c.txt'])
  expect([names.nameFor('a.txt'), names.nameFor('b'), names.nameFor('b/c.txt')]).toEqual([
    'a~2.txt',
    'b~2',
    'b/c~2.txt',
  ])
})

test('whatever the keys: safe to unpack anywhere, and no two alike', () => {
  const parts = fc.constantFrom('..', '.', '', 'a', 'A', 'á', 'á', 'con', 'x.txt', 'x~2.txt', '\\', '\u202e')
  const key = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(parts, { maxLength: 5 }).map((some) => some.join('/')),
    fc.string({ maxLength: 3000 }),
  )
  fc.assert(
    fc.property(fc.array(key, { maxLength: 20 }), (keys) => {
      const names = namesOf(...keys)
      const seen = names.map((name) => name.normalize('NFKC').toLowerCase())
      expect(new Set(seen).size).toBe(names.length)
      for (const [index, name] of names.entries()) {
        const split = name.split('/')
        expect(split).not.toContain('..')
        expect(split).not.toContain('')
        expect(name).not.toMatch(/^\/|[\\\0]|^[a-z]:/i)
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(1_100)
        expect(seen.filter((other) => other.startsWith(`${seen[index]}/`))).toEqual([])
      }
    }),
    { numRuns: 40 },
  )
})
