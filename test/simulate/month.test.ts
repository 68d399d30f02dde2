import { describe, expect, test } from 'vitest'
import type { MissedPolicy } from '../../packages/cauce/src/model/plan.ts'
import { ON_TIME_MS } from '../../packages/cauce/src/ledger/due-firings.ts'
import { memoryLedger } from '../../packages/cauce/src/ledger/memory-ledger.test-kit.ts'
import { followerOf, liveThroughMonth, type MonthReport, nightlyOf, POLICIES } from './month.ts'

/** Another month: `CAUCE_SEED=<n>`. */
const seed = Number(process.env['CAUCE_SEED'] ?? 7)

const MONTHS = [
  { timezone: 'Europe/Madrid', time: '02:30', firstDay: '2026-03-10', clocksJump: false },
  { timezone: 'Europe/Madrid', time: '02:30', firstDay: '2026-03-10', clocksJump: true },
  { timezone: 'Europe/Madrid', time: '02:30', firstDay: '2026-10-10', clocksJump: true },
  { timezone: 'America/Mexico_City', time: '02:00', firstDay: '2022-03-20', clocksJump: false },
  { timezone: 'America/Mexico_City', time: '02:00', firstDay: '2022-03-20', clocksJump: true },
  { timezone: 'America/Mexico_City', time: '02:00', firstDay: '2022-10-15', clocksJump: true },
]

const isoOf = (times: readonly number[]): readonly string[] => times.map((ms) => new Date(ms).toISOString())

/** Firings of a nightly pipeline that were carried out, by the moment they were due, those after the month left out. */
function carriedOut(report: MonthReport, missed: MissedPolicy): readonly number[] {
  return report.firings
    .filter(({ pipeline, state }) => pipeline === nightlyOf(missed) && state === 'done')
    .map(({ dueMs }) => dueMs)
    .filter((ms) => ms <= report.untilMs)
    .toSorted((a, b) => a - b)
}

/** Moments that a firing, let go or made up for, speaks of beside its own. */
function spokenFor(report: MonthReport, missed: MissedPolicy): readonly number[] {
  return report.firings
    .filter(({ pipeline }) => pipeline === nightlyOf(missed))
    .flatMap(({ dueMs, state, reason }) => {
      const since = /since (\S+)$/.exec(reason ?? '')?.[1]
      const sinceMs = since === undefined ? dueMs : Date.parse(since)
      const ownMs = state === 'skipped' ? dueMs : dueMs - 1
      return report.due.filter((ms) => ms >= sinceMs && ms <= ownMs)
    })
}

/**
 * Moments at which a dispatcher with a right clock looked in time; if one with a wrong clock had been past them, only when
 * somebody had set that right in between.
 */
function attended({ due, looks }: MonthReport): readonly number[] {
  return due.filter((ms) => {
    const right = looks.filter(({ isRight }) => isRight)
    const inTime = right.filter(({ nowMs }) => nowMs >= ms && nowMs <= ms + ON_TIME_MS)
    return inTime.some((look) => {
      const ahead = looks.findLast((one) => !one.isRight && one.nowMs >= ms && one.trueMs <= look.trueMs)
      return (
        ahead === undefined ||
        right.some(
          ({ trueMs, nowMs }) => trueMs > ahead.trueMs && trueMs < look.trueMs && nowMs < ms - ON_TIME_MS,
        )
      )
    })
  })
}

describe.each(MONTHS)(`a month of $timezone from $firstDay, clocks that jump: $clocksJump`, (month) => {
  test(`every moment is fired once, let go or made up for, seed ${seed}`, async () => {
    console.log(`CAUCE_SEED=${seed}`)
    await using ledger = await memoryLedger()
    const report = await liveThroughMonth({ ledger, seed, ...month })
    expect(report.due).toHaveLength(31)

    // Whatever was fired was carried out, and its end told to one dispatcher.
    const fired = report.firings.filter(({ state }) => state !== 'skipped')
    expect(new Set(fired.map(({ state }) => state))).toEqual(new Set(['done']))
    expect(report.ended.toSorted((a, b) => a - b)).toEqual(
      fired.map(({ id }) => id).toSorted((a, b) => a - b),
    )

    expect(isoOf(carriedOut(report, 'all'))).toEqual(isoOf(report.due))
    for (const missed of ['once', 'skip'] as const) {
      const times = carriedOut(report, missed)
      expect(isoOf(times)).toEqual(isoOf([...new Set(times)]))
      expect(report.due).toEqual(expect.arrayContaining([...times]))
      const others = report.due.filter((ms) => !times.includes(ms))
      expect(spokenFor(report, missed)).toEqual(expect.arrayContaining(others))
      expect(isoOf(times)).toEqual(expect.arrayContaining([...isoOf(attended(report))]))
    }
    // With right clocks nobody fires what nobody was there for.
    const skipped = carriedOut(report, 'skip')
    expect(month.clocksJump || skipped.length === attended(report).length).toBe(true)

    for (const missed of POLICIES) {
      const closed = report.runs.filter(
        ({ pipeline, state }) => pipeline === nightlyOf(missed) && state === 'done',
      )
      const followed = report.firings.filter(({ pipeline }) => pipeline === followerOf(missed))
      expect(followed.map(({ requestedBy }) => requestedBy).toSorted()).toEqual(
        closed.map(({ id }) => `run ${id}`).toSorted(),
      )
    }
  })
})
