import { expect, test } from 'vitest'
import { kindOfCode } from './cell-styles.ts'

test.each([
  ['General', 'number'],
  ['0.00E+00', 'number'],
  ['#,##0.00" días"', 'number'],
  ['[Red]-0.00', 'number'],
  ['\\d0', 'number'],
  ['_-* #,##0.00\\ "€"_-', 'number'],
  ['yyyy-mm-dd', 'moment'],
  ['[$-409]d\\-mmm\\-yy;@', 'moment'],
  ['h:mm AM/PM', 'moment'],
  ['0;yyyy', 'number'],
  ['[h]:mm:ss', 'duration'],
  ['[mm]:ss', 'duration'],
])('a number in the format %s is a %s', (code, kind) => {
  expect(kindOfCode(code)).toBe(kind)
})
