import { expect, test } from 'vitest'
import { parseDateFormat } from './date-format.ts'

test('the format of the visits becomes a pattern and a strptime format', () => {
  expect(parseDateFormat('dd/MM/yyyy HH:mm')).toEqual({
    pattern: '[0-9]{2}/[0-9]{2}/[1-9][0-9]{3} [0-9]{2}:[0-9]{2}',
    strptime: '%d/%m/%Y %H:%M',
    tokens: [
      { token: 'dd', at: 0 },
      { token: 'MM', at: 3 },
      { token: 'yyyy', at: 6 },
      { token: 'HH', at: 11 },
      { token: 'mm', at: 14 },
    ],
    hasDate: true,
    hasTime: true,
  })
})

test.each([
  'DD/MM/YYYY',
  'yyyy-MM-dd hh:mm',
  'dd/dd/yyyy',
  '%Y',
  'yy-MM-dd',
  'd/M/yyyy',
  'dd de MM',
  'yyyyy-MM-dd',
])('%s is refused', (format) => {
  expect(parseDateFormat(format)).toBeUndefined()
})

test.each([
  ['dd.MM.yyyy', '01.02.2024', '01/02/2024'],
  ['yyyy-MM-ddTHH:mm:ss.SSSZ', '2024-02-01T10:20:30.123Z', '2024-02-01 10:20:30.123Z'],
  ['(dd) [MM] yyyy?', '(01) [02] 2024?', '01 02 2024'],
  ['dd\\MM\\yyyy', '01\\02\\2024', '01/02/2024'],
])('what is no letter of %s stands for itself', (format, good, bad) => {
  const pattern = new RegExp(`^(?:${parseDateFormat(format)?.pattern})$`)
  expect(pattern.test(good)).toBe(true)
  expect(pattern.test(bad)).toBe(false)
})

test('a date without its year, or an hour without minutes, is not whole', () => {
  expect(parseDateFormat('dd/MM')).toMatchObject({ hasDate: false, hasTime: false })
  expect(parseDateFormat('yyyyMMdd HH')).toMatchObject({ hasDate: true, hasTime: false })
  expect(parseDateFormat('HH:mm')).toMatchObject({ hasDate: false, hasTime: true })
})
