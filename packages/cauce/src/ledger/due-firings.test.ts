import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MissedPolicy, SchedulePlan } from '../model/plan.ts'
import { nextFirings } from '../plan/schedule/next-firings.ts'
import { nextMoment } from '../plan/schedule/next-moment.ts'
import { dueFirings, ON_TIME_MS } from './due-firings.ts'

const every = (everyMs: number, missed: MissedPolicy): SchedulePlan => ({
  kind: 'every',
  interval: `${everyMs}ms`,
  everyMs,
  missed,
})
const HOUR_MS = 3_600_000

/** What is owed for every hour from 1 to `hours`, `lateMs` after the last. */
function owed(missed: MissedPolicy, hours: number, lateMs: number, limit = 100) {
  const nowMs = hours * HOUR_MS + lateMs
  return dueFirings(every(HOUR_MS, missed), { firstMs: HOUR_MS, nowMs, next: nextMoment, limit })
}

describe('what a schedule owes', () => {
  test.each(['skip', 'once', 'all'] as const)(
    'one moment on time is one firing, with missed: %s',
    (missed) => {
      expect(owed(missed, 1, 1000)).toEqual({
        firings: [{ dueMs: HOUR_MS, cause: 'schedule', state: 'waiting', reason: null }],
        nextMs: 2 * HOUR_MS,
        lastMs: HOUR_MS,
      })
    },
  )

  test('skip lets missed moments go and says so, in one line however many they were', () => {
    expect(owed('skip', 1, ON_TIME_MS + 1).firings).toEqual([
      { dueMs: HOUR_MS, cause: 'missed', state: 'skipped', reason: 'missed' },
    ])
    const reason = 'missed, like all moments since 1970-01-01T01:00:00.000Z'
    expect(owed('skip', 3, ON_TIME_MS + 1).firings).toEqual([
      { dueMs: 3 * HOUR_MS, cause: 'missed', state: 'skipped', reason },
    ])
  })

  test('skip fires the one that is on time beside those it lets go', () => {
    expect(owed('skip', 3, 0).firings).toMatchObject([
      { dueMs: 2 * HOUR_MS, state: 'skipped' },
      { dueMs: 3 * HOUR_MS, state: 'waiting', cause: 'schedule', reason: null },
    ])
  })

  test('once fires the last for all of them', () => {
    const reason = 'stands for all moments missed since 1970-01-01T01:00:00.000Z'
    expect(owed('once', 3, ON_TIME_MS + 1)).toEqual({
      firings: [{ dueMs: 3 * HOUR_MS, cause: 'missed', state: 'waiting', reason }],
      nextMs: 4 * HOUR_MS,
      lastMs: 3 * HOUR_MS,
    })
    expect(owed('once', 1, ON_TIME_MS + 1).firings).toMatchObject([{ cause: 'missed', reason: null }])
  })

  test('all fires each, and what is over the limit is owed still', () => {
    expect(owed('all', 3, 0).firings).toMatchObject([
      { dueMs: HOUR_MS, cause: 'missed' },
      { dueMs: 2 * HOUR_MS, cause: 'missed' },
      { dueMs: 3 * HOUR_MS, cause: 'schedule' },
    ])
    expect(owed('all', 3, 0, 2)).toMatchObject({ lastMs: 2 * HOUR_MS, nextMs: 3 * HOUR_MS })
  })

  test('a month of seconds is made up for in a hundred steps', () => {
    let steps = 0
    const due = dueFirings(every(1000, 'once'), {
      firstMs: 1000,
      nowMs: 30 * 24 * HOUR_MS,
      next: (spec, afterMs) => {
        steps++
        return nextMoment(spec, afterMs)
      },
      limit: 100,
    })
    expect(due.lastMs).toBe(30 * 24 * HOUR_MS)
    expect(steps).toBeLessThan(100)
  })

  test('whatever the moments, each is fired, let go or stood for, and the next lies ahead', () => {
    const moments = fc
      .uniqueArray(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 40 })
      .map((list) => list.toSorted((a, b) => a - b))
    fc.assert(
      fc.property(
        moments,
        fc.nat({ max: 4_000_000 }),
        fc.constantFrom('skip', 'once', 'all'),
        (list, laterMs, missed) => {
          const [firstMs = 0] = list
          const nowMs = firstMs + laterMs
          const next = (_: SchedulePlan, afterMs: number) => list.find((one) => one > afterMs)
          const due = list.filter((one) => one <= nowMs)
          const { firings, nextMs, lastMs } = dueFirings(every(1, missed), {
            firstMs,
            nowMs,
            next,
            limit: 1000,
          })
          expect(lastMs).toBe(due.at(-1))
          expect(nextMs).toBe(list.find((one) => one > nowMs) ?? null)
          const isOnTime = nowMs - lastMs <= ON_TIME_MS
          const lost = isOnTime ? due.slice(0, -1) : due
          const times = firings.map(({ dueMs }) => dueMs)
          const fired = {
            all: due,
            once: [lastMs],
            skip: [...lost.slice(-1), ...(isOnTime ? [lastMs] : [])],
          }
          expect(times).toEqual(fired[missed])
          expect(firings.filter(({ cause }) => cause === 'schedule')).toHaveLength(isOnTime ? 1 : 0)
        },
      ),
    )
  })
})

test('firings of a nightly job missed for three days, by the clock of its zone', () => {
  const spec: SchedulePlan = {
    kind: 'cron',
    expression: '0 2 * * *',
    timezone: 'Europe/Madrid',
    missed: 'all',
  }
  const nowMs = Date.parse('2026-03-31T09:00:00Z')
  const nights = nextFirings(spec, Date.parse('2026-03-28T12:00:00Z'), nowMs)
  const { firings } = dueFirings(spec, { firstMs: nights[0] ?? 0, nowMs, next: nextMoment, limit: 100 })
  expect(firings.map(({ dueMs }) => new Date(dueMs).toISOString())).toEqual([
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:00:00.000Z',
    '2026-03-31T00:00:00.000Z',
  ])
})
