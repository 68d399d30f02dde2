import { expect, test } from 'vitest'
import { bar } from './bar.ts'

test('a bar is as long as its share, and what is there at all is seen', () => {
  expect([0, 0.000_1, 0.5, 0.53, 1, 7, Number.NaN].map((share) => bar(share, 4))).toEqual([
    '',
    '▏',
    '██',
    '██▏',
    '████',
    '████',
    '',
  ])
})
