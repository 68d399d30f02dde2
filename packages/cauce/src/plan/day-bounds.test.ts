import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayAfter, dayBounds, daysOfMonth, isDay, monthBounds } from './day-bounds.ts'
import { dateInZone } from './periods.ts'

const HOUR_MS = 3_600_000

function hours(day: string, timezone: string): number {
  const { fromMs, untilMs } = dayBounds(day, timezone)
  return (untilMs - fromMs) / HOUR_MS
}

describe('a day in its zone', () => {
  test('begins at its own midnight', () => {
    expect(dayBounds('2026-11-24', 'America/Mexico_City')).toEqual({
      fromMs: Date.parse('2026-11-24T06:00:00Z'),
      untilMs: Date.parse('2026-11-25T06:00:00Z'),
    })
    expect(dayBounds('2026-11-24', 'UTC').fromMs).toBe(Date.parse('2026-11-24T00:00:00Z'))
    expect(dayBounds('2026-11-24', 'Asia/Kathmandu').fromMs).toBe(Date.parse('2026-11-23T18:15:00Z'))
    expect(dayBounds('2026-11-24', 'Pacific/Kiritimati').fromMs).toBe(Date.parse('2026-11-23T10:00:00Z'))
  })
  test.each([
    ['2026-03-29', 'Europe/Madrid', 23],
    ['2026-10-25', 'Europe/Madrid', 25],
    ['2026-10-26', 'Europe/Madrid', 24],
    ['2026-04-05', 'Australia/Lord_Howe', 24.5],
    // Clocks that are changed at midnight: the day begins at one, or the evening before has an hour more.
    ['2018-11-04', 'America/Sao_Paulo', 23],
    ['2018-02-17', 'America/Sao_Paulo', 25],
    // Samoa went over the date line and had no such day.
    ['2011-12-30', 'Pacific/Apia', 0],
  ])('%s in %s has %d hours', (day, timezone, expected) => {
    expect(hours(day, timezone)).toBe(expected)
  })
  test('days follow each other without gap or overlap, and hold exactly the moments of their date', () => {
    const zones = ['America/Mexico_City', 'Europe/Madrid', 'Asia/Kolkata', 'America/Santiago', 'UTC']
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_000 }),
        fc.constantFrom(...zones),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (offset, timezone, part) => {
          const day = new Date(Date.UTC(2020, 0, 1 + offset)).toISOString().slice(0, 10)
          const { fromMs, untilMs } = dayBounds(day, timezone)
          expect(dayBounds(dayAfter(day), timezone).fromMs).toBe(untilMs)
          expect(dateInZone(fromMs + Math.floor(part * (untilMs - fromMs)), timezone)).toBe(day)
          expect(dateInZone(fromMs - 1, timezone)).not.toBe(day)
        },
      ),
    )
  })
})

test('a month is its days', () => {
  expect(daysOfMonth('2024-02')).toHaveLength(29)
  expect(daysOfMonth('2026-02').at(-1)).toBe('2026-02-28')
  expect(daysOfMonth('2026-12').at(-1)).toBe('2026-12-31')
  expect(monthBounds('2026-11', 'America/Mexico_City')).toEqual({
    fromMs: Date.parse('2026-11-01T06:00:00Z'),
    untilMs: Date.parse('2026-12-01T06:00:00Z'),
  })
})

test.each([
  ['2026-11-24', true],
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-11-31', false],
  ['2026-1-1', false],
  ['24/11/2026', false],
  ['', false],
])('%j is a day: %s', (text, expected) => {
  expect(isDay(text)).toBe(expected)
})
