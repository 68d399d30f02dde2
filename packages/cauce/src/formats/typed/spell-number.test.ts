import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainNumber } from './spell-number.ts'

test.each([
  ['1.50', '1.5'],
  ['17850.0', '17850'],
  ['1e5', '100000'],
  ['1.5E-3', '0.0015'],
  ['-0', '0'],
  ['-0.0e9', '0'],
  ['12345678901234567890.1234567890123456789', '12345678901234567890.1234567890123456789'],
  ['120e-1', '12'],
  ['1e400', `1${'0'.repeat(400)}`],
  ['1e401', '1e401'],
  ['NaN', 'NaN'],
])('%s is %s', (text, plain) => {
  expect(plainNumber(text)).toBe(plain)
})

test('a number written plainly is the same number, and has no exponent and no zero to spare', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
      fc.integer({ min: -30, max: 30 }),
      (digits, exponent) => {
        const plain = plainNumber(`${digits}e${exponent}`)
        expect(plain).toMatch(/^(0|-?(0\.[0-9]*[1-9]|[1-9][0-9]*(\.[0-9]*[1-9])?))$/)
        const [whole = '', fraction = ''] = plain.split('.')
        const scaled = BigInt(whole + fraction.padEnd(60, '0'))
        expect(scaled === 0n ? 0n : scaled).toBe(digits * 10n ** BigInt(60 + exponent))
      },
    ),
  )
})
