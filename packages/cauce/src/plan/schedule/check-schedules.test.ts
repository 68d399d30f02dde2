import { describe, expect, test } from 'vitest'
import type { Plan } from '../../model/plan.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import { reference } from '../../pipeline/reference.ts'
import { after, cron, every, manual } from '../../pipeline/schedule.ts'
import { checkFollowers } from './check-followers.ts'
import { checkSchedules } from './check-schedules.ts'
import { compileSchedules } from './compile-schedule.ts'

type Options = Pipeline['options']

/** As much of a plan as these checks look at; what types forbid comes in as JavaScript would bring it. */
function planOf(options: unknown, pipeline = 'p'): Plan {
  const given = options as Options
  const { reference: dated = reference({ timezone: 'UTC' }), overlap = 'skip' } = given
  return { pipeline, schedules: compileSchedules(given), overlap, reference: dated } as Plan
}

function issuesOf(options: unknown): readonly string[] {
  return checkSchedules(planOf(options)).map(({ where, text: { en, es } }) => {
    expect(es).not.toBe(en)
    return `${where}: ${en}`
  })
}
const ofSchedule = (schedule: unknown): readonly string[] => issuesOf({ schedule })

describe('a schedule in its plan form', () => {
  test('has nothing left to be guessed', () => {
    const dated = reference({ timezone: 'America/Mexico_City' })
    const schedulesOf = (options: unknown) => compileSchedules(options as Options)
    expect(schedulesOf({})).toEqual({})
    expect(schedulesOf({ schedule: cron('0 2 * * *') })).toEqual({
      run: { kind: 'cron', expression: '0 2 * * *', timezone: 'UTC', missed: 'once' },
    })
    expect(schedulesOf({ schedule: cron('0 2 * * *', { missed: 'all' }), reference: dated })).toMatchObject({
      run: { timezone: 'America/Mexico_City', missed: 'all' },
    })
    expect(schedulesOf({ schedule: cron('0 2 * * *', { timezone: 'UTC' }), reference: dated })).toMatchObject(
      { run: { timezone: 'UTC' } },
    )
    expect(schedulesOf({ discover: every('60s'), dispatch: every('1h30m', { missed: 'skip' }) })).toEqual({
      discover: { kind: 'every', interval: '60s', everyMs: 60_000, missed: 'once' },
      dispatch: { kind: 'every', interval: '1h30m', everyMs: 5_400_000, missed: 'skip' },
    })
    const other = { kind: 'pipeline', name: 'a' } as const
    expect(schedulesOf({ schedule: after(other) })).toEqual({
      run: { kind: 'after', pipeline: 'a', on: 'done' },
    })
    expect(schedulesOf({ schedule: manual() })).toEqual({ run: { kind: 'manual' } })
  })
})

describe('nothing is held against', () => {
  test.each([
    '0 2 * * *',
    '  0   2 * * *  ',
    '*/15 8-18 * * MON-FRI',
    '30 0 2 * * *',
    '0 2,14 1,15 JAN,JUL ?',
    '0 0 L * *',
    '0 0 LW * *',
    '0 9 * * 5#2',
    '0 9 15W * *',
    '0 0 29 2 *',
    '@daily',
  ])('cron "%s"', (expression) => expect(ofSchedule(cron(expression))).toEqual([]))

  test.each(['1s', '60s', '5m', '1h30m', '1d', '2d12h'] as const)('every "%s"', (interval) => {
    expect(ofSchedule(every(interval))).toEqual([])
  })

  test('other ways', () => {
    expect(issuesOf({})).toEqual([])
    expect(ofSchedule(manual())).toEqual([])
    expect(ofSchedule(after('a', { on: 'always' }))).toEqual([])
    expect(issuesOf({ discover: every('60s'), dispatch: manual(), overlap: 'queue' })).toEqual([])
    expect(ofSchedule(cron('0 2 * * *', { timezone: '+05:30' }))).toEqual([])
  })
})

describe('a bad cron is told by its field:', () => {
  test.each([
    ['60 2 * * *', 'the minute "60" of "60 2 * * *" will not do; write * or, within 0-59, a value, a list'],
    ['0 24 * * *', 'the hour "24" of'],
    ['0 2 32 * *', 'the day of the month "32" of'],
    ['0 2 0 * *', 'the day of the month "0" of'],
    ['0 2 * 13 *', 'the month "13" of'],
    ['0 2 * * 8', 'the day of the week "8" of'],
    ['0 2 * * lunes', 'the day of the week "lunes" of'],
    ['61 0 2 * * *', 'the second "61" of'],
    ['0 5-2 * * *', 'the hour "5-2" of'],
    ['*/0 2 * * *', 'the minute "*/0" of'],
    ['5/10 2 * * *', 'the minute "5/10" of'],
    ['2am * * * *', 'the minute "2am" of'],
    ['0 2 * *', '"0 2 * *" has 4 fields; write five'],
    ['0 0 2 * * * 2030', '"0 0 2 * * * 2030" has 7 fields; write five'],
    ['', '"" has 0 fields; write five'],
    ['@nightly', '"@nightly" is not known; write @hourly, @daily'],
    ['@reboot', '"@reboot" is not known'],
    ['0 2 30 2 *', '"0 2 30 2 *" never comes: no such month has such a day'],
    ['0 2 31 2,4,6 *', 'never comes'],
  ])('%s', (expression, said) => {
    const found = ofSchedule(cron(expression))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^schedule: /)
    expect(found[0]).toContain(said)
  })

  test('every wrong field is told', () => {
    expect(ofSchedule(cron('60 24 * * 9'))).toHaveLength(3)
  })
})

describe('refused are', () => {
  test.each(['Mars/Olympus', 'America/Mexico', '', 'UTC+2'])('the zone "%s"', (timezone) => {
    expect(ofSchedule(cron('0 2 * * *', { timezone }))).toEqual([
      `schedule.timezone: "${timezone}" is not a time zone; write one like America/Mexico_City or UTC`,
    ])
  })

  test('a wrong zone of reference once only, where it stands', () => {
    const dated = reference({ timezone: 'Mars/Olympus' })
    expect(issuesOf({ schedule: cron('0 2 * * *'), reference: dated })).toEqual([])
  })

  test.each([
    ['0s', '"0s" is too short; write an interval of at least 1s'],
    ['500ms', '"500ms" is too short; write an interval of at least 1s'],
    ['60', '"60" is no interval; write one like'],
    ['1.5h', '"1.5h" is no interval'],
    ['-5s', '"-5s" is no interval'],
    ['soon', '"soon" is no interval'],
  ])('every "%s"', (interval, said) => {
    expect(ofSchedule(every(interval as '1s'))).toEqual([expect.stringContaining(`schedule: ${said}`)])
  })

  test('one rhythm beside two, and one of two alone', () => {
    const [schedule, discover, dispatch] = [cron('0 2 * * *'), every('60s'), every('5m')]
    expect(issuesOf({ schedule, discover, dispatch })).toEqual([
      'schedule: cannot stand beside discover and dispatch, for it does both; take it or them out',
    ])
    expect(issuesOf({ discover })).toEqual([
      'dispatch: must stand beside discover; add one, manual() if it is done by hand, or write schedule instead of both',
    ])
    expect(issuesOf({ dispatch })).toEqual([expect.stringContaining('discover: must stand beside dispatch')])
  })

  test('what plain JavaScript may bring', () => {
    expect(ofSchedule('0 2 * * *')).toEqual([
      expect.stringContaining('schedule: is no schedule; write cron('),
    ])
    expect(ofSchedule(cron('0 2 * * *', { missed: 'twice' as 'once' }))).toEqual([
      `schedule.missed: "twice" is not known; write 'skip' or 'once' or 'all'`,
    ])
    expect(ofSchedule(after('a', { on: 'failed' as 'done' }))).toEqual([
      `schedule.on: "failed" is not known; write 'done' or 'always'`,
    ])
    expect(issuesOf({ overlap: 'wait' })).toEqual([
      `overlap: "wait" is not known; write 'skip' or 'queue' or 'allow'`,
    ])
    expect(issuesOf({ discover: every('60s'), dispatch: after('a') })).toEqual([
      expect.stringContaining('dispatch: cannot go after another pipeline'),
    ])
  })
})

describe('pipelines that go after others', () => {
  const following = (leaders: Readonly<Record<string, string | undefined>>) => {
    const plans = Object.entries(leaders).map(([name, leader]) =>
      planOf(leader === undefined ? {} : { schedule: after(leader) }, name),
    )
    return plans.flatMap((plan) =>
      checkFollowers(plan, plans).map(({ where, text }) => `${plan.pipeline}.${where}: ${text.en}`),
    )
  }

  test('may go in a line, and several after one', () => {
    expect(following({ bronze: undefined, silver: 'bronze', gold: 'silver', marts: 'silver' })).toEqual([])
  })

  test('may not go in a circle, which is told of each in it', () => {
    expect(following({ a: 'b', b: 'c', c: 'a', d: 'a' })).toEqual([
      'a.schedule: goes in a circle, a → c → b → a, which would never end; give one of them another schedule',
      expect.stringContaining('b.schedule: goes in a circle, b → a → c → b'),
      expect.stringContaining('c.schedule: goes in a circle'),
    ])
    expect(following({ a: 'a' })).toEqual([expect.stringContaining('a.schedule: goes in a circle, a → a,')])
  })

  test('go after one there is', () => {
    expect(following({ a: undefined, b: 'x' })).toEqual([
      'b.schedule: goes after "x", which is no pipeline of the project; write one of a, b',
    ])
  })
})
