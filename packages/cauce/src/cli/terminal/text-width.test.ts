import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortened } from './shortened.ts'
import { headOfWidth, tailOfWidth, textWidth } from './text-width.ts'

test.each([
  ['report_7.txt', 12],
  ['señal', 5],
  ['sen\u0303al', 5],
  ['報告書.txt', 10],
  ['한국어', 6],
  ['ﾊﾝｶｸ', 4],
  ['Ｆｕｌｌ', 8],
  ['🚀', 2],
  ['👩‍👩‍👧‍👦', 2],
  ['❤️', 2],
  ['a\u200bb', 2],
  ['\x1b', 0],
  ['', 0],
])('%j takes %i columns', (text, width) => {
  expect(textWidth(text)).toBe(width)
})

const anyText = fc.string({ unit: 'grapheme', maxLength: 60 })

test('heads and tails are parts of the text that fit', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 0, max: 40 }), (text, width) => {
      const [head, tail] = [headOfWidth(text, width), tailOfWidth(text, width)]
      expect(text.startsWith(head)).toBe(true)
      expect(text.endsWith(tail)).toBe(true)
      expect(Math.max(textWidth(head), textWidth(tail))).toBeLessThanOrEqual(width)
    }),
  )
})

test('a shortened name fits, and is left alone where there is room', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, width) => {
      expect(textWidth(shortened(text, width))).toBeLessThanOrEqual(width)
      expect(shortened(text, Math.max(width, textWidth(text)))).toBe(text)
    }),
  )
})
