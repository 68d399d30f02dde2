import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOfKey, keyOfName } from './name-bytes.ts'

test.each(['report_1.txt', 'año 😀.csv', 'a\nb', '\\n', 'C:\\x', '\\xAb', '�'])(
  'text stays as it is: %j',
  (name) => {
    expect(keyOfName(Buffer.from(name))).toBe(name)
  },
)

test('bytes that are not UTF-8 are shown', () => {
  expect(keyOfName(Buffer.from('año.txt', 'latin1'))).toBe('a\\xF1o.txt')
  expect(keyOfName(Buffer.from([0xe2, 0x82]))).toBe('\\xE2\\x82')
})

test('a name that spells such a mark keeps apart from the byte it spells', () => {
  expect(keyOfName(Buffer.from('a\\xF1o'))).toBe('a\\x5CxF1o')
})

test('every name has a key that leads back to it', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.constantFrom('\\', '\\x', '\\x5C', '\\xF1', 'F', '1', 'x', 'ñ', '😀').map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const name = Buffer.concat(pieces)
      expect(bytesOfKey(keyOfName(name))).toEqual(name)
    }),
    { numRuns: 5_000 },
  )
})
