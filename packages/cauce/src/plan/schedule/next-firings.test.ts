import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SchedulePlan } from '../../model/plan.ts'
import { nextFirings } from './next-firings.ts'
import { nextMoment } from './next-moment.ts'

const DAY_MS = 86_400_000

const cronIn = (timezone: string, expression: string): SchedulePlan => ({
  kind: 'cron',
  expression,
  timezone,
  missed: 'once',
})
const everyMs = (ms: number): SchedulePlan => ({
  kind: 'every',
  interval: `${ms}ms`,
  everyMs: ms,
  missed: 'once',
})
const between = (spec: SchedulePlan, after: string, until: string): readonly string[] =>
  nextFirings(spec, Date.parse(after), Date.parse(until)).map((ms) => new Date(ms).toISOString().slice(0, 16))

/** Days on which clocks are set: forward and back, at two and at midnight, by an hour and by half of one. */
const CHANGES = [
  ['Europe/Madrid', '2026-03-29'],
  ['Europe/Madrid', '2026-10-25'],
  ['America/Mexico_City', '2022-04-03'],
  ['America/Mexico_City', '2022-10-30'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Africa/Cairo', '2026-04-24'],
  ['America/Santiago', '2026-09-06'],
  ['America/Santiago', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Asia/Kathmandu', '2026-01-01'],
] as const

interface Minute {
  readonly ms: number
  /** `yyyy-MM-dd HH:mm` on the wall. */
  readonly wall: string
}

/** Every minute of five days around a change, with what the platform says the clock on the wall shows. */
const minutesOf = (() => {
  const kept = new Map<string, readonly Minute[]>()
  return (timezone: string, day: string): readonly Minute[] => {
    const known = kept.get(timezone + day)
    if (known !== undefined) return known
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: timezone,
      dateStyle: 'short',
      timeStyle: 'short',
    })
    const startMs = Date.parse(day) - 2 * DAY_MS
    const minutes = Array.from({ length: 5 * 24 * 60 }, (_, index) => {
      const ms = startMs + index * 60_000
      return { ms, wall: format.format(ms) }
    })
    kept.set(timezone + day, minutes)
    return minutes
  }
})()

const twoDigits = (number: number) => String(number).padStart(2, '0')
const hours = fc.uniqueArray(fc.nat({ max: 4 }), { minLength: 1, maxLength: 3 })
const minutes = fc.uniqueArray(fc.constantFrom(0, 15, 29, 30, 59), { minLength: 1, maxLength: 3 })
const change = fc.constantFrom(...CHANGES)

/** The three whole days in the middle: those of the change, before and after. */
function middle(around: readonly Minute[], day: string) {
  const dates = [-1, 0, 1].map((days) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10))
  const inside = around.filter(({ wall }) => dates.includes(wall.slice(0, 10)))
  return { dates, afterMs: (inside[0]?.ms ?? 0) - 1, untilMs: inside.at(-1)?.ms ?? 0 }
}

describe('a cron', () => {
  test('at a time of day comes once a day, at that time or, where it is left out, at the end of the gap', () => {
    fc.assert(
      fc.property(change, hours, minutes, ([timezone, day], atHours, atMinutes) => {
        const around = minutesOf(timezone, day)
        const { dates, afterMs, untilMs } = middle(around, day)
        const times = atHours.flatMap((hour) =>
          atMinutes.map((minute) => `${twoDigits(hour)}:${twoDigits(minute)}`),
        )
        // The first minute at which the clock shows the time or has passed it.
        const due = dates.flatMap((date) =>
          times.map((time) => around.find(({ wall }) => wall >= `${date} ${time}`)?.ms ?? 0),
        )
        const expected = [...new Set(due)].toSorted((a, b) => a - b).filter((ms) => ms <= untilMs)
        const spec = cronIn(timezone, `${atMinutes.join()} ${atHours.join()} * * *`)
        expect(nextFirings(spec, afterMs, untilMs)).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })

  test('with a step or * comes whenever the clock shows it, twice in an hour that comes twice', () => {
    fc.assert(
      fc.property(change, fc.constantFrom(10, 15, 20, 30), fc.boolean(), ([timezone, day], step, early) => {
        const around = minutesOf(timezone, day)
        const { afterMs, untilMs } = middle(around, day)
        const expected = around
          .filter(({ ms }) => ms > afterMs && ms <= untilMs)
          .filter(({ wall }) => Number(wall.slice(14)) % step === 0)
          .filter(({ wall }) => !early || Number(wall.slice(11, 13)) < 4)
          .map(({ ms }) => ms)
        const spec = cronIn(timezone, `*/${step} ${early ? '0-3' : '*'} * * *`)
        expect(nextFirings(spec, afterMs, untilMs)).toEqual(expected)
      }),
      { numRuns: 24 },
    )
  })

  test('asked at any moment gives the same next one', () => {
    fc.assert(
      fc.property(change, hours, fc.nat({ max: 3 * DAY_MS }), ([timezone, day], atHours, sinceMs) => {
        const afterMs = Date.parse(day) - DAY_MS
        const spec = cronIn(timezone, `30 ${atHours.join()} * * *`)
        const moments = nextFirings(spec, afterMs, afterMs + 5 * DAY_MS)
        const first = moments.find((ms) => ms > afterMs + sinceMs)
        expect(nextMoment(spec, afterMs + sinceMs)).toBe(first)
      }),
      { numRuns: 100 },
    )
  })

  test('at 02:30 in Madrid comes at 03:00 on the spring day, and once on the autumn day', () => {
    const spec = cronIn('Europe/Madrid', '30 2 * * *')
    expect(between(spec, '2026-03-28T12:00Z', '2026-03-30T12:00Z')).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ])
    expect(between(spec, '2026-10-24T12:00Z', '2026-10-26T12:00Z')).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
  })

  test('at two in Mexico City went with the clock while there was summer time, and stands still since', () => {
    const spec = cronIn('America/Mexico_City', '0 2 * * *')
    expect(between(spec, '2022-04-02T00:00Z', '2022-04-05T00:00Z')).toEqual([
      '2022-04-02T08:00',
      '2022-04-03T08:00',
      '2022-04-04T07:00',
    ])
    expect(between(spec, '2026-04-05T00:00Z', '2026-04-06T00:00Z')).toEqual(['2026-04-05T08:00'])
  })
})

describe('an interval', () => {
  test('comes at its multiples since 1970, whenever it is asked for', () => {
    const asked = fc.integer({ min: 1000, max: 40 * DAY_MS })
    fc.assert(
      fc.property(asked, fc.nat({ max: 2_000_000_000_000 }), (ms, afterMs) => {
        const next = nextMoment(everyMs(ms), afterMs) ?? 0
        expect(next % ms).toBe(0)
        expect(next).toBeGreaterThan(afterMs)
        expect(next - afterMs).toBeLessThanOrEqual(ms)
      }),
    )
  })

  test('does not drift and knows no summer time', () => {
    const hour = everyMs(3_600_000)
    expect(between(hour, '2026-03-28T23:59:59.999Z', '2026-03-29T04:00Z')).toEqual([
      '2026-03-29T00:00',
      '2026-03-29T01:00',
      '2026-03-29T02:00',
      '2026-03-29T03:00',
      '2026-03-29T04:00',
    ])
  })
})

test('what is done by hand or after another has no moment', () => {
  expect(nextMoment({ kind: 'manual' }, 0)).toBeUndefined()
  expect(nextFirings({ kind: 'after', pipeline: 'a', on: 'done' }, 0, 1e15)).toEqual([])
})

test('as many as asked for', () => {
  expect(nextFirings(everyMs(1000), 0, 1e15, 3)).toEqual([1000, 2000, 3000])
})
