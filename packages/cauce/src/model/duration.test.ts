import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDuration } from './duration.ts'

describe('durations as people write them', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['0s', 0],
  ])('%s is %i ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })

  test.each(['', '10', 's', '10 s', '-5s', '1.5h', '5M', '5m ', '999999999999999999d'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  test('parts add up, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(999), fc.constantFrom('s', 'm', 'h')), { minLength: 1 }),
        (parts) => {
          const text = parts.map(([count, unit]) => `${count}${unit}`).join('')
          const sum = parts.reduce((ms, [count, unit]) => ms + (parseDuration(`${count}${unit}`) ?? 0), 0)
          expect(parseDuration(text)).toBe(sum)
        },
      ),
    )
  })
})
