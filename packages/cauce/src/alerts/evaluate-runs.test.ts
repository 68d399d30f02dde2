import { expect, test } from 'vitest'
import type { Ledger } from '../ledger/ledger-access.ts'
import { listAlerts } from '../ledger/open-alerts.ts'
import type { FiringRow, RunRow } from '../ledger/tables.ts'
import { alert, diskShort, lateStart, noFiles, notFinishedBy, onFailure } from '../pipeline/alerts.ts'
import {
  alertScene,
  channel,
  HOUR_MS,
  MINUTE_MS,
  NOON_MS,
  plansOf,
  SECOND_MS,
  unreachable,
} from './alert-scene.test-kit.ts'

const opened = { isOpen: true, messages: 'opened' }
const resolved = { isOpen: false, messages: 'opened+resolved' }
const replaced = { isOpen: false, messages: 'opened' }
const DAY_MS = 24 * HOUR_MS
/** 02:00 in Mexico City, on the day of NOON_MS. */
const TWO_MS = NOON_MS - 4 * HOUR_MS

async function fire(ledger: Ledger, firing: Partial<FiringRow> & { readonly dueMs: number }): Promise<void> {
  await ledger.db
    .insertInto('firing')
    .values({
      pipeline: 'visits',
      rhythm: 'run',
      cause: 'schedule',
      token: `t${firing.dueMs}`,
      state: 'done',
      requestedBy: 'schedule',
      options: '{}',
      createdMs: firing.dueMs,
      ...firing,
    })
    .execute()
}

async function schedule(ledger: Ledger, nextMs: number | null): Promise<void> {
  await ledger.db.deleteFrom('schedule').execute()
  const row = { pipeline: 'visits', rhythm: 'run' as const, spec: '{}', nextMs, changedMs: 1 }
  await ledger.db.insertInto('schedule').values(row).execute()
}

const detailsOf = async (ledger: Ledger): Promise<unknown> =>
  JSON.parse((await listAlerts(ledger))[0]?.details ?? '{}')

test('a run that failed as a whole opens one alert until a run goes well', async () => {
  const { look, lookAnew, run, finish, clock, shown, ledger } = await alertScene(onFailure())
  await look()
  const first = await run()
  clock.nowMs += MINUTE_MS
  await look()
  await finish(first, 'failed')
  await fire(ledger, { dueMs: 1, state: 'failed', runId: first.id, reason: 'the source is closed' })
  clock.nowMs += SECOND_MS
  await look()
  expect(await shown()).toEqual([{ subject: 'visits run', ...opened }])
  expect(await detailsOf(ledger)).toMatchObject({ runId: first.id, reason: 'the source is closed' })
  const second = await run()
  await look()
  await finish(second, 'failed')
  clock.nowMs += SECOND_MS
  await look()
  expect(await detailsOf(ledger)).toMatchObject({ runId: second.id, reason: null })
  const third = await run()
  await finish(third, 'interrupted')
  await look()
  expect(await shown()).toMatchObject([opened])
  clock.nowMs += SECOND_MS
  await finish(await run(), 'done')
  await look()
  expect(await shown()).toMatchObject([resolved])
  expect(await lookAnew()).toEqual({ opened: [], resolved: [] })
})

test('a run that failed by its items opens none: they have their own', async () => {
  const { look, settle, finish, clock, shown } = await alertScene(onFailure())
  const item = await settle('a', 'failed_layout', {}, { error: unreachable })
  await finish({ id: item.runId } as RunRow, 'failed')
  clock.nowMs += SECOND_MS
  await look()
  expect(await shown()).toEqual([{ subject: `item ${item.id}`, ...opened }])
  const other = await alertScene(onFailure({ of: ['run'] }))
  const failed = await other.settle('a', 'failed_layout')
  await other.finish({ id: failed.runId } as RunRow, 'failed')
  await other.look()
  expect(await other.shown()).toMatchObject([{ subject: 'visits run', ...opened }])
})

test('a firing that failed before there was a run counts as a failed run', async () => {
  const { look, run, finish, clock, shown, ledger } = await alertScene(onFailure())
  await fire(ledger, { dueMs: TWO_MS, state: 'failed', reason: 'no such folder', finishedMs: TWO_MS })
  await look()
  expect(await shown()).toMatchObject([opened])
  expect(await detailsOf(ledger)).toMatchObject({ runId: null, reason: 'no such folder' })
  clock.nowMs += SECOND_MS
  await finish(await run(), 'done')
  await look()
  expect(await shown()).toMatchObject([resolved])
})

test('the alert of a run that failed long ago is still known after a restart', async () => {
  const { look, lookAnew, run, finish, clock, shown } = await alertScene(onFailure())
  await finish(await run(), 'failed')
  await look()
  clock.nowMs += 6 * DAY_MS
  await lookAnew()
  clock.nowMs += 3 * DAY_MS
  await lookAnew()
  expect(await shown()).toMatchObject([opened])
})

const SIX = notFinishedBy('06:00', 'America/Mexico_City')

test('a run that is not finished by its time is told, once a day, and again when it ends', async () => {
  const { look, run, finish, clock, shown, ledger } = await alertScene(SIX)
  await schedule(ledger, TWO_MS + DAY_MS)
  clock.nowMs = TWO_MS
  const going = await run({ cause: 'schedule' })
  await fire(ledger, { dueMs: TWO_MS, state: 'started', runId: going.id })
  clock.nowMs = NOON_MS - SECOND_MS
  await look()
  expect(await shown()).toEqual([])
  clock.nowMs = NOON_MS
  await look()
  expect(await shown()).toEqual([{ subject: 'visits 2026-11-22', ...opened }])
  expect(await detailsOf(ledger)).toMatchObject({
    kind: 'not_finished',
    at: '06:00',
    runId: going.id,
    runningSinceMs: TWO_MS,
  })
  clock.nowMs += HOUR_MS
  await finish(going, 'done')
  await look()
  expect(await shown()).toMatchObject([resolved])
})

test('each day that goes by is told as one of its own, and the day before is closed without a word', async () => {
  const { look, clock, shown, ledger } = await alertScene(SIX)
  await fire(ledger, { dueMs: TWO_MS, state: 'waiting' })
  await schedule(ledger, TWO_MS + DAY_MS)
  await look()
  clock.nowMs += DAY_MS
  await fire(ledger, { dueMs: TWO_MS + DAY_MS, state: 'waiting' })
  await look()
  expect(await shown()).toEqual([
    { subject: 'visits 2026-11-22', ...replaced },
    { subject: 'visits 2026-11-23', ...opened },
  ])
})

test('a run of yesterday that ended late does not stand for the run of today', async () => {
  const { look, run, finish, clock, shown, ledger } = await alertScene(SIX)
  await schedule(ledger, TWO_MS + DAY_MS)
  clock.nowMs = NOON_MS - DAY_MS + HOUR_MS
  const late = await run({ cause: 'schedule' })
  await fire(ledger, { dueMs: TWO_MS - DAY_MS, runId: late.id })
  await finish(late, 'done')
  await fire(ledger, { dueMs: TWO_MS, state: 'waiting' })
  clock.nowMs = NOON_MS
  await look()
  expect(await shown()).toMatchObject([{ subject: 'visits 2026-11-22', ...opened }])
})

test('a run that failed has ended, one that was interrupted has not', async () => {
  const { look, run, finish, clock, shown, ledger } = await alertScene(SIX)
  await fire(ledger, { dueMs: TWO_MS })
  await schedule(ledger, TWO_MS + DAY_MS)
  await finish(await run({ atMs: TWO_MS }), 'interrupted', TWO_MS + 1)
  await look()
  expect(await shown()).toMatchObject([opened])
  clock.nowMs += SECOND_MS
  await finish(await run(), 'failed')
  await look()
  expect(await shown()).toMatchObject([resolved])
})

test('where nothing was due nothing is late: other days, paused pipelines, no schedule', async () => {
  const { look, lookAnew, clock, shown, ledger } = await alertScene(SIX)
  await look()
  await schedule(ledger, NOON_MS + DAY_MS)
  await lookAnew()
  expect(await shown()).toEqual([])
  await schedule(ledger, NOON_MS - HOUR_MS)
  await ledger.db.insertInto('pipelineControl').values({ pipeline: 'visits', pausedMs: 1 }).execute()
  await lookAnew()
  expect(await shown()).toEqual([])
  await ledger.db.updateTable('pipelineControl').set({ pausedMs: null }).execute()
  clock.nowMs += SECOND_MS
  await look()
  expect(await shown()).toMatchObject([opened])
})

test('a pipeline that is named is expected every day, from the day it was known', async () => {
  const named = plansOf([alert(SIX, { to: channel, pipelines: ['visits'] })])
  const { look, clock, shown, ledger } = await alertScene(named)
  await ledger.db
    .updateTable('plan')
    .set({ firstSeenMs: NOON_MS - HOUR_MS })
    .execute()
  await look()
  expect(await shown()).toEqual([])
  clock.nowMs += DAY_MS
  await look()
  expect(await shown()).toMatchObject([{ subject: 'visits 2026-11-23', ...opened }])
})

test('days that are left out are not looked at', async () => {
  const monday = notFinishedBy('06:00', 'America/Mexico_City', { days: ['mon'] })
  const { look, clock, shown, ledger } = await alertScene(
    plansOf([alert(monday, { to: channel, pipelines: ['visits'] })]),
  )
  await ledger.db
    .updateTable('plan')
    .set({ firstSeenMs: NOON_MS - 30 * DAY_MS })
    .execute()
  await look()
  expect(await shown()).toMatchObject([{ subject: 'visits 2026-11-16' }])
  clock.nowMs += DAY_MS
  await look()
  expect(await shown()).toMatchObject([replaced, { subject: 'visits 2026-11-23', ...opened }])
})

test('a run that has not begun by its time is told; begun, it is over, whether it ends or not', async () => {
  const { look, run, clock, shown, ledger } = await alertScene(lateStart('02:15', 'America/Mexico_City'))
  await schedule(ledger, TWO_MS)
  clock.nowMs = TWO_MS + 15 * MINUTE_MS - 1
  await look()
  expect(await shown()).toEqual([])
  clock.nowMs += 1
  await look()
  expect(await shown()).toEqual([{ subject: 'visits 2026-11-22', ...opened }])
  await run({ cause: 'schedule' })
  clock.nowMs += SECOND_MS
  await look()
  expect(await shown()).toMatchObject([resolved])
})

test('a scheduled run that found no file is told; a file that comes ends it', async () => {
  const { look, run, finish, record, clock, shown } = await alertScene(noFiles())
  await finish(await run({ cause: 'manual' }), 'done')
  await look()
  expect(await shown()).toEqual([])
  const first = await run({ cause: 'schedule' })
  clock.nowMs += SECOND_MS
  await finish(first, 'done')
  await look()
  expect(await shown()).toEqual([{ subject: `visits ${first.id}`, ...opened }])
  clock.nowMs += DAY_MS
  const second = await run({ cause: 'schedule' })
  await finish(second, 'done')
  await look()
  expect(await shown()).toEqual([
    { subject: `visits ${first.id}`, ...replaced },
    { subject: `visits ${second.id}`, ...opened },
  ])
  clock.nowMs += MINUTE_MS
  await record(['a'], { nowMs: clock.nowMs })
  await look()
  expect(await shown()).toMatchObject([replaced, resolved])
})

test('files that somebody else’s run had found since the last scheduled one have come', async () => {
  const { look, run, finish, settle, clock, shown } = await alertScene(noFiles())
  await settle('a', 'ready')
  await finish(await run({ cause: 'schedule' }), 'done')
  clock.nowMs += HOUR_MS
  await settle('b', 'ready')
  clock.nowMs += HOUR_MS
  await finish(await run({ cause: 'schedule' }), 'done')
  await look()
  expect(await shown()).toEqual([])
  clock.nowMs += HOUR_MS
  await finish(await run({ cause: 'schedule' }), 'done')
  await look()
  expect(await shown()).toMatchObject([opened])
})

test('no file since the same time of the day before is told, where files were due', async () => {
  const rule = noFiles({ at: '06:00', timezone: 'America/Mexico_City' })
  const { look, record, clock, shown, ledger } = await alertScene(rule)
  await record(['old'], { nowMs: NOON_MS - DAY_MS - HOUR_MS })
  await schedule(ledger, NOON_MS - HOUR_MS)
  await look()
  expect(await shown()).toEqual([{ subject: 'visits 2026-11-22', ...opened }])
  clock.nowMs += MINUTE_MS
  await record(['new'], { nowMs: clock.nowMs })
  await look()
  expect(await shown()).toMatchObject([resolved])
  clock.nowMs = NOON_MS + DAY_MS
  await schedule(ledger, NOON_MS + 2 * DAY_MS)
  await look()
  expect(await shown()).toMatchObject([resolved])
})

test('a short disk is told by the machine that has it, and is over with some room to spare', async () => {
  const { look, clock, shown } = await alertScene(plansOf([alert(diskShort('2GB'), { to: channel })]))
  const disk = { host: 'h', path: '/home', freeBytes: 1.9e9 }
  await look(disk)
  expect(await shown()).toEqual([{ subject: 'h:/home', ...opened }])
  clock.nowMs += MINUTE_MS
  await look({ ...disk, freeBytes: 2.1e9 })
  await look({ ...disk, host: 'other', freeBytes: 9e9 })
  expect(await shown()).toMatchObject([opened])
  clock.nowMs += MINUTE_MS
  await look({ ...disk, freeBytes: 2.2e9 })
  expect(await shown()).toMatchObject([resolved])
})

test('a clock that is set back silences nothing for longer than a look', async () => {
  const { look, settle, clock, shown } = await alertScene(onFailure())
  await look()
  clock.nowMs -= 30 * DAY_MS
  await settle('a', 'failed_layout')
  await look()
  expect(await shown()).toMatchObject([opened])
})
