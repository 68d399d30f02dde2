import { expect, onTestFinished, test } from 'vitest'
import { listAlerts } from '../ledger/open-alerts.ts'
import { openLedger } from '../ledger/open-ledger.ts'
import { settleItem } from '../ledger/settle-item.ts'
import { alert, onFailure, onQuarantine, rejectRate } from '../pipeline/alerts.ts'
import {
  alertScene,
  channel,
  HOUR_MS,
  MINUTE_MS,
  plansOf,
  SECOND_MS,
  unreachable,
} from './alert-scene.test-kit.ts'
import { evaluateAlerts } from './evaluate-alerts.ts'

const opened = { isOpen: true, messages: 'opened' }
const resolved = { isOpen: false, messages: 'opened+resolved' }

test('an item that failed opens an alert; while it is tried again the alert stays; loaded, it is resolved', async () => {
  const { look, shown, settle, retry, clock, ledger } = await alertScene(onFailure())
  await settle('a', 'ready')
  expect(await look()).toEqual({ opened: [], resolved: [] })
  const item = await settle('b', 'failed_system', {}, { error: unreachable })
  clock.nowMs += SECOND_MS
  expect((await look()).opened).toMatchObject([{ rule: 'a', subject: `item ${item.id}`, pipeline: 'visits' }])
  expect(await shown()).toEqual([{ subject: `item ${item.id}`, ...opened }])
  const [alertRow] = await listAlerts(ledger)
  expect(JSON.parse(alertRow?.details ?? '')).toEqual({
    kind: 'item_failed',
    itemId: item.id,
    key: 'b',
    state: 'failed_system',
    attempts: 1,
    errorCode: 'SOURCE_UNREACHABLE',
    errorDetails: { url: 'sftp://h', detail: 'refused' },
  })
  await retry(item)
  clock.nowMs += SECOND_MS
  expect(await look()).toEqual({ opened: [], resolved: [] })
  await settle('b', 'failed_system', {}, { error: unreachable })
  clock.nowMs += SECOND_MS
  expect(await look()).toEqual({ opened: [], resolved: [] })
  expect(JSON.parse((await listAlerts(ledger))[0]?.details ?? '')).toMatchObject({ attempts: 2 })
  await retry(item)
  await settle('b', 'ready')
  clock.nowMs += SECOND_MS
  expect((await look()).resolved).toHaveLength(1)
  expect(await shown()).toEqual([{ subject: `item ${item.id}`, ...resolved }])
  expect(await look()).toEqual({ opened: [], resolved: [] })
})

test.each([
  [['failed_layout', 'refused', 'failed_system'] as const, undefined, 3],
  [['failed_layout', 'refused', 'failed_system'] as const, ['refused'] as const, 1],
])('of %j, %j finds %i', async (states, of, count) => {
  const { look, settle } = await alertScene(onFailure(of === undefined ? {} : { of }))
  for (const state of states) await settle(state, state)
  expect((await look()).opened).toHaveLength(count)
})

test('what failed before there was anybody to look is found, however long ago', async () => {
  const { lookAnew, settle, clock } = await alertScene(onFailure())
  await settle('a', 'failed_layout')
  clock.nowMs += 90 * 24 * HOUR_MS
  expect((await lookAnew()).opened).toHaveLength(1)
  expect(await lookAnew()).toEqual({ opened: [], resolved: [] })
})

test('an item that is gone from the ledger resolves its alert at the next full look', async () => {
  const { look, settle, clock, ledger, shown } = await alertScene(onFailure())
  const { id } = await settle('a', 'failed_layout')
  await look()
  await ledger.db.deleteFrom('item').where('id', '=', id).execute()
  clock.nowMs += SECOND_MS
  expect(await look()).toEqual({ opened: [], resolved: [] })
  clock.nowMs += 6 * MINUTE_MS
  await look()
  expect(await shown()).toMatchObject([resolved])
})

test('two evaluators at once open and resolve each alert once', async () => {
  const { settle, retry, clock, ledger, shown } = await alertScene(onFailure())
  // On PostgreSQL one ledger has several connections.
  const other = ledger.path === undefined ? ledger : await openLedger(`sqlite:${ledger.path}`)
  onTestFinished(async () => (other === ledger ? undefined : other.close()))
  const rules = plansOf([alert(onFailure(), { to: channel })])
  const both = async () =>
    Promise.all(
      [ledger, other, ledger, other].map(async (one) => evaluateAlerts({ ledger: one, rules, clock })),
    )
  const items = []
  for (let index = 0; index < 25; index++) items.push(await settle(`f${index}`, 'failed_layout'))
  expect((await both()).flatMap((answer) => answer.opened)).toHaveLength(25)
  for (const item of items) {
    await retry(item)
    await settle(item.key, 'ready')
  }
  expect((await both()).flatMap((answer) => answer.resolved)).toHaveLength(25)
  expect((await shown()).filter(({ messages }) => messages === 'opened+resolved')).toHaveLength(25)
  expect(await shown()).toHaveLength(25)
})

test('a file in quarantine is told when it lies there, and resolved when it is released and loaded', async () => {
  const { look, settle, retry, ledger, clock, shown } = await alertScene(onQuarantine())
  const item = await settle('a', 'failed_system')
  expect((await look()).opened).toEqual([])
  await ledger.db.updateTable('item').set({ quarantine: 'q/1', quarantinedMs: clock.nowMs }).execute()
  clock.nowMs += 5 * SECOND_MS
  expect((await look()).opened).toMatchObject([{ subject: `item ${item.id}` }])
  await retry(item)
  await look()
  expect(await shown()).toMatchObject([opened])
  await settle('a', 'ready')
  await look()
  expect(await shown()).toMatchObject([resolved])
})

test('more rejects than allowed in a file open an alert; mended by replays, it is resolved', async () => {
  const { look, lookAnew, settle, ledger, record, claim, clock, shown } = await alertScene(
    rejectRate('5%', { minRows: 100 }),
  )
  await settle('few', 'ready_with_rejects', { read: 50, rejected: 50 })
  await settle('just', 'ready_with_rejects', { read: 100, loaded: 95, rejected: 5 })
  const much = { read: 100, loaded: 94, rejected: 6 }
  const item = await settle('over', 'ready_with_rejects', much, { loadKey: 'k' })
  expect((await look()).opened).toMatchObject([{ subject: `item ${item.id}` }])
  const entry = { sizeBytes: 1, modifiedMs: 1, kind: 'replay', originLoadKey: 'k' } as const
  await record([{ ...entry, key: 'mended' }], { nowMs: clock.nowMs })
  const [replay] = await claim({ nowMs: clock.nowMs })
  if (replay === undefined) throw new Error('no replay')
  clock.nowMs += MINUTE_MS
  await settleItem(ledger, {
    id: replay.id,
    epoch: replay.epoch,
    state: 'ready',
    replayedRecords: [7],
    nowMs: clock.nowMs,
  })
  expect((await look()).resolved).toMatchObject([{ subject: `item ${item.id}` }])
  expect(await shown()).toMatchObject([resolved])
  expect(await lookAnew()).toEqual({ opened: [], resolved: [] })
})

test('rejects that nobody mended in a week are no news any more: closed without a word', async () => {
  const { look, settle, clock, shown } = await alertScene(rejectRate('5%'))
  await settle('a', 'ready_with_rejects', { read: 10, rejected: 10 })
  await look()
  clock.nowMs += 7 * 24 * HOUR_MS
  await look()
  expect(await shown()).toMatchObject([{ isOpen: false, messages: 'opened' }])
  clock.nowMs += MINUTE_MS
  expect((await look()).opened).toEqual([])
})

test('the rows of a day are judged together, in the day of the pipeline’s zone', async () => {
  const { look, settle, clock, ledger, shown } = await alertScene(
    plansOf([alert(rejectRate('10%', { of: 'day', minRows: 100 }), { to: channel })], {
      reference: { timezone: 'America/Mexico_City', override: undefined },
    }),
  )
  await settle('a', 'ready_with_rejects', { read: 90, loaded: 45, rejected: 45 })
  expect((await look()).opened).toEqual([])
  await settle('b', 'ready_with_rejects', { read: 60, loaded: 55, rejected: 5 })
  clock.nowMs += 5 * SECOND_MS
  expect((await look()).opened).toEqual([])
  clock.nowMs += 30 * SECOND_MS
  expect((await look()).opened).toMatchObject([{ subject: 'visits rows' }])
  expect(JSON.parse((await listAlerts(ledger))[0]?.details ?? '')).toMatchObject({
    day: '2026-11-22',
    files: 2,
    read: 150,
    rejected: 50,
  })
  clock.nowMs += HOUR_MS
  await settle('c', 'ready', { read: 1000, loaded: 1000 })
  await look()
  expect(await shown()).toMatchObject([resolved])
})

test('a new day with too few rows says nothing; with enough it takes the place of the last', async () => {
  const { look, settle, clock, shown } = await alertScene(rejectRate('10%', { of: 'day', minRows: 10 }))
  await settle('a', 'ready_with_rejects', { read: 10, rejected: 10 })
  await look()
  clock.nowMs += 24 * HOUR_MS
  await settle('b', 'ready', { read: 9, loaded: 9 })
  await look()
  expect(await shown()).toMatchObject([opened])
  clock.nowMs += HOUR_MS
  await settle('c', 'ready', { read: 9, loaded: 9 })
  await look()
  expect(await shown()).toMatchObject([resolved])
})

test('an alert without recovery is resolved without a word', async () => {
  const { look, settle, retry, shown } = await alertScene(
    plansOf([alert(onFailure(), { to: channel, recovery: false })]),
  )
  const item = await settle('a', 'failed_layout')
  await look()
  await retry(item)
  await settle('a', 'ready')
  await look()
  expect(await shown()).toMatchObject([{ isOpen: false, messages: 'opened' }])
})

test('nothing is queued for a channel that is off', async () => {
  const { ledger, settle, clock, shown } = await alertScene(onFailure())
  await settle('a', 'failed_layout')
  const rules = plansOf([alert(onFailure(), { to: channel })])
  await evaluateAlerts({ ledger, rules, clock, off: ['mail'] })
  expect(await shown()).toMatchObject([{ isOpen: true, messages: '' }])
})

test('an alert whose rule is declared no more is closed after a week', async () => {
  const { ledger, look, settle, clock, shown } = await alertScene(onFailure())
  await settle('a', 'failed_layout')
  await look()
  const other = plansOf([alert(onQuarantine(), { to: channel })])
  clock.nowMs += 6 * 24 * HOUR_MS
  await evaluateAlerts({ ledger, rules: other, clock })
  expect(await shown()).toMatchObject([opened])
  clock.nowMs += 2 * 24 * HOUR_MS
  await evaluateAlerts({ ledger, rules: other, clock })
  expect(await shown()).toMatchObject([{ isOpen: false, messages: 'opened' }])
})

test('what stays true is seen again every five minutes, and a look at nothing new writes nothing', async () => {
  const { look, settle, clock, ledger } = await alertScene(onFailure())
  await settle('a', 'failed_layout')
  await look()
  const seen = async () => (await listAlerts(ledger))[0]?.seenMs
  const first = await seen()
  clock.nowMs += 4 * MINUTE_MS
  await look()
  expect(await seen()).toBe(first)
  clock.nowMs += 2 * MINUTE_MS
  await look()
  expect(await seen()).toBe(clock.nowMs)
})
