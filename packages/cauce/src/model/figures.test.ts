import { expect, test } from 'vitest'
import { figuresIn } from './figures.ts'

const { count, bytes, duration, moment, recent, momentIn, percent } = figuresIn('es')

test('figures are grouped and rounded as people write them', () => {
  expect(count(1_234_567)).toBe('1,234,567')
  expect([0, 999, 1000, 999_999, 36_260_413].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.0 MB',
    '36.3 MB',
  ])
  expect([0, 59_949, 59_950, 95_000, 7_260_000].map(duration)).toEqual([
    '0.0 s',
    '59.9 s',
    '1 min 0 s',
    '1 min 35 s',
    '2 h 1 min',
  ])
})

test('a moment says no more than is needed to tell it from now', () => {
  const at = new Date(2026, 10, 24, 2, 0, 7).getTime()
  expect(moment(at)).toBe('2026-11-24 02:00:07')
  expect(recent(at, new Date(2026, 10, 24, 23, 0).getTime())).toBe('02:00:07')
  expect(recent(at, new Date(2026, 11, 1).getTime())).toBe('11-24 02:00')
  expect(recent(at, new Date(2027, 0, 1).getTime())).toBe('2026-11-24')
})

test('a share is all or none only when it is', () => {
  expect([0, 0.000_01, 0.5, 0.978_26, 0.999_99, 1].map(percent)).toEqual([
    '0.0 %',
    '0.1 %',
    '50.0 %',
    '97.8 %',
    '99.9 %',
    '100.0 %',
  ])
})

test('days, months and moments are told in the language and the zone asked for', () => {
  expect(momentIn(Date.parse('2026-11-24T08:00:07Z'), 'America/Mexico_City')).toBe('2026-11-24 02:00:07')
  expect(figuresIn('en').dayInWords('2026-11-24')).toBe('Tuesday, 24 November 2026')
  expect(figuresIn('es').dayInWords('2026-11-24')).toBe('martes, 24 de noviembre de 2026')
  expect(figuresIn('en').monthInWords('2026-11')).toBe('November 2026')
  expect(figuresIn('es').monthInWords('2026-11')).toBe('noviembre de 2026')
})
