import { expect, test } from 'vitest'
import { parseDateFormat } from './date-format.ts'

test('the format of the visits becomes a pattern and a strptime format', () => {
  expect(parseDateFormat('dd/MM/yyyy HH:mm')).toEqual({
    pattern: '[0-9]{2}/[0-9]{2}/[1-9][0-9]{3} [0-9]{2}:[0-9]{2}',
    strptime: '%d/%m/%Y %H:%M',
    hasDate: true,
    hasTime: true,
  })
})

test.each(['DD/MM/YYYY', 'yyyy-MM-dd hh:mm', 'dd/dd/yyyy', '%Y'])('%s is refused', (format) => {
  expect(parseDateFormat(format)).toBeUndefined()
})

test('a dot stands for itself', () => {
  const format = parseDateFormat('dd.MM.yyyy')
  expect(new RegExp(`^${format?.pattern}$`).test('01.02.2024')).toBe(true)
  expect(new RegExp(`^${format?.pattern}$`).test('01/02/2024')).toBe(false)
})
