import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visibleLines, visibleText } from './visible-text.ts'

test.each([
  ['report_7.txt', 'report_7.txt'],
  ['niño 🚀.txt', 'niño 🚀.txt'],
  ['a\nb', 'a\\nb'],
  ['a\tb\r', 'a\\tb\\r'],
  ['\x1b[2J', '\\x1b[2J'],
  ['\x9b2J', '\\x9b2J'],
  ['txt.\u202egpj', 'txt.\\u202egpj'],
  ['half \ud83d', 'half \\ud83d'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown)
})

test('nothing a terminal obeys is left in any text', () => {
  const character = fc.integer({ min: 0, max: 0x10_ffff }).map((code) => String.fromCodePoint(code))
  const control = fc.integer({ min: 0, max: 0x20ff }).map((code) => String.fromCodePoint(code))
  fc.assert(
    fc.property(fc.string({ unit: fc.oneof(character, control), maxLength: 40 }), (text) => {
      expect(visibleText(text)).not.toMatch(/[\p{Control}\p{Surrogate}\u2028-\u202e\u2066-\u2069]/u)
    }),
  )
})

test('the lines of a text stay lines', () => {
  expect(visibleLines('one\r\ntwo\x07')).toEqual(['one', 'two\\x07'])
})
