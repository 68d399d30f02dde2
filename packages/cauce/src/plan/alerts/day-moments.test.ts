import { expect, test } from 'vitest'
import type { DayTime } from './alert-plan.ts'
import { dayMoments } from './day-moments.ts'
import { parsePercent } from './parse-percent.ts'
import { parseSize } from './parse-size.ts'

const mexico: DayTime = { at: '06:00', hour: 6, minute: 0, timezone: 'America/Mexico_City', weekdays: [] }
const moments = (day: DayTime, now: string) => {
  const { previousMs, lastMs, nextMs } = dayMoments(day, Date.parse(now))
  return [previousMs, lastMs, nextMs].map((ms) => new Date(ms).toISOString().slice(0, 16))
}

test('a time of the day has come from its first millisecond on', () => {
  const before = ['2026-11-20T12:00', '2026-11-21T12:00', '2026-11-22T12:00']
  const after = ['2026-11-21T12:00', '2026-11-22T12:00', '2026-11-23T12:00']
  expect(moments(mexico, '2026-11-22T11:59:59.999Z')).toEqual(before)
  expect(moments(mexico, '2026-11-22T12:00:00.000Z')).toEqual(after)
  expect(moments(mexico, '2026-11-23T11:59:59.999Z')).toEqual(after)
})

test('days that are left out are passed over', () => {
  const workdays = { ...mexico, timezone: 'UTC', weekdays: [1, 2, 3, 4, 5] }
  expect(moments(workdays, '2026-11-22T12:00Z')).toEqual([
    '2026-11-19T06:00',
    '2026-11-20T06:00',
    '2026-11-23T06:00',
  ])
})

test('clocks that are set forward and back make no day without, and none with two', () => {
  const madrid = { ...mexico, hour: 2, minute: 30, timezone: 'Europe/Madrid' }
  expect(moments(madrid, '2026-03-29T12:00Z')).toEqual([
    '2026-03-28T01:30',
    '2026-03-29T01:00',
    '2026-03-30T00:30',
  ])
  expect(moments(madrid, '2026-10-25T12:00Z')).toEqual([
    '2026-10-24T00:30',
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ])
})

test('sizes and shares are read as people write them', () => {
  expect(['500MB', '2GB', '1.5TB', '2 GB'].map(parseSize)).toEqual([5e8, 2e9, 1.5e12, 2e9])
  expect(['', '2', 'GB', '0MB', '-1GB', '2KB', '1e9GB', '99999999TB'].map(parseSize)).toEqual(
    Array.from({ length: 8 }, () => undefined),
  )
  expect(['5%', '0.5%', '0%', '99 %'].map(parsePercent)).toEqual([5, 0.5, 0, 99])
  expect(['', '5', '%', '100%', '-1%', '5%%'].map(parsePercent)).toEqual(
    Array.from({ length: 6 }, () => undefined),
  )
})
