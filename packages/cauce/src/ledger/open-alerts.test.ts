import { expect, onTestFinished, test } from 'vitest'
import { claimDeliveries, deliveriesOf, dueDeliveries, endDeliveries } from './alert-deliveries.ts'
import type { Ledger } from './ledger-access.ts'
import { type AlertChanges, changeAlerts, listAlerts, type RaisedAlert } from './open-alerts.ts'
import { openLedger } from './open-ledger.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'
import type { AlertRow } from './tables.ts'

const HOLD_MS = 10_000
const scope = { channelsOfRule: new Map([['fallos', ['mail', 'slack']]]), pipelines: ['visits'] }
const mail = { channel: 'mail', paceMs: 0 }

function raised(subject: string, more: Partial<RaisedAlert> = {}): RaisedAlert {
  return { rule: 'fallos', subject, pipeline: 'visits', details: '{"n":1}', routes: [mail], ...more }
}

const change = async (ledger: Ledger, changes: Partial<AlertChanges>) =>
  changeAlerts(ledger, { raised: [], kept: [], ended: [], holdMs: HOLD_MS, nowMs: 1_000_000, ...changes })

async function open(ledger: Ledger, subject = 'item 1', nowMs = 1_000_000): Promise<AlertRow> {
  const { opened } = await change(ledger, { raised: [raised(subject)], nowMs })
  const [alert] = opened
  if (alert === undefined) throw new Error('not opened')
  return alert
}

const due = async (ledger: Ledger, nowMs: number) => dueDeliveries(ledger, { scope, holdMs: HOLD_MS, nowMs })
const claim = async (ledger: Ledger, ids: readonly number[], nowMs: number) =>
  claimDeliveries(ledger, { ids, claimMs: 120_000, holdMs: HOLD_MS, nowMs })

test('of a rule and subject one alert is open, and its return is another one', async () => {
  const { ledger } = await scratchLedger()
  const first = await open(ledger)
  expect((await change(ledger, { raised: [raised('item 1'), raised('item 1')] })).opened).toEqual([])
  const end = { id: first.id, details: '{"n":2}', routes: [mail] }
  expect((await change(ledger, { ended: [end, end], nowMs: 2_000_000 })).resolved).toMatchObject([
    { id: first.id, resolvedMs: 2_000_000, details: '{"n":2}' },
  ])
  expect((await change(ledger, { ended: [end] })).resolved).toEqual([])
  const again = await open(ledger, 'item 1', 3_000_000)
  expect(again.id).not.toBe(first.id)
  expect(await listAlerts(ledger, { onlyOpen: true })).toEqual([again])
  expect((await listAlerts(ledger)).map(({ id }) => id)).toEqual([again.id, first.id])
  const deliveries = await deliveriesOf(ledger, [first.id, again.id])
  expect(deliveries.get(first.id)?.map(({ kind }) => kind)).toEqual(['opened', 'resolved'])
  expect(deliveries.get(again.id)?.map(({ kind }) => kind)).toEqual(['opened'])
})

test('what is kept is seen again and opens nothing', async () => {
  const { ledger } = await scratchLedger()
  const { id } = await open(ledger)
  await change(ledger, { kept: [{ id }], nowMs: 1_500_000 })
  expect(await listAlerts(ledger)).toMatchObject([{ seenMs: 1_500_000, details: '{"n":1}' }])
  await change(ledger, { kept: [{ id, details: '{"n":3}' }], nowMs: 1_600_000 })
  expect(await listAlerts(ledger)).toMatchObject([{ seenMs: 1_600_000, details: '{"n":3}' }])
  await change(ledger, { ended: [{ id, details: '{}', routes: [] }], nowMs: 1_700_000 })
  await change(ledger, { kept: [{ id }], nowMs: 1_800_000 })
  expect(await listAlerts(ledger)).toMatchObject([{ seenMs: 1_700_000 }])
})

test('two connections that find the same at once open it once and queue each message once', async () => {
  const { ledger } = await scratchLedger()
  // On PostgreSQL one ledger has several connections.
  const other = ledger.path === undefined ? ledger : await openLedger(`sqlite:${ledger.path}`)
  onTestFinished(async () => (other === ledger ? undefined : other.close()))
  const routes = [mail, { channel: 'slack', paceMs: 0 }]
  const all = Array.from({ length: 40 }, (_, index) => raised(`item ${index}`, { routes }))
  const answers = await Promise.all(
    [ledger, other, ledger, other].map(async (one) => change(one, { raised: all })),
  )
  const opened = answers.flatMap((answer) => answer.opened)
  expect(new Set(opened.map(({ subject }) => subject)).size).toBe(40)
  expect(opened).toHaveLength(40)
  const queued = await due(ledger, 1_000_000 + HOLD_MS)
  const claims = await Promise.all(
    [ledger, other].flatMap((one) => [...queued.values()].map(async (ids) => claim(one, ids, 1_010_000))),
  )
  expect(claims.flat()).toHaveLength(80)
  expect(new Set(claims.flat().map(({ id }) => id)).size).toBe(80)
})

test('messages wait for others to come along, and a channel for its pace', async () => {
  const { ledger } = await scratchLedger()
  const slow = { channel: 'mail', paceMs: 300_000 }
  await change(ledger, { raised: [raised('a', { routes: [slow] })] })
  expect((await due(ledger, 1_009_999)).size).toBe(0)
  await change(ledger, { raised: [raised('b', { routes: [slow] })], nowMs: 1_009_000 })
  const first = (await due(ledger, 1_010_000)).get('mail') ?? []
  expect(first).toHaveLength(2)
  const deliveries = await claim(ledger, first, 1_010_000)
  expect(deliveries.map(({ alert }) => alert.subject)).toEqual(['a', 'b'])
  await endDeliveries(ledger, { deliveries, end: { kind: 'delivered', error: null }, nowMs: 1_011_000 })
  await change(ledger, { raised: [raised('c', { routes: [slow] })], nowMs: 1_012_000 })
  expect((await due(ledger, 1_310_999)).size).toBe(0)
  expect((await due(ledger, 1_311_000)).get('mail')).toHaveLength(1)
})

test('a claimed message is nobody else’s until its time is up, and a late word on it counts no more', async () => {
  const { ledger } = await scratchLedger()
  await open(ledger)
  const ids = (await due(ledger, 1_010_000)).get('mail') ?? []
  const first = await claim(ledger, ids, 1_010_000)
  expect(first).toMatchObject([{ attempts: 1, dueMs: 1_130_000 }])
  expect(await claim(ledger, ids, 1_010_000)).toEqual([])
  expect((await due(ledger, 1_129_999)).size).toBe(0)
  expect((await due(ledger, 1_130_000)).get('mail')).toEqual(ids)
  const second = await claim(ledger, ids, 1_130_000)
  await endDeliveries(ledger, {
    deliveries: first,
    end: { kind: 'given_up', error: 'late' },
    nowMs: 1_131_000,
  })
  const end = { kind: 'again', error: 'HTTP 500', dueMs: 1_200_000 } as const
  await endDeliveries(ledger, { deliveries: second, end, nowMs: 1_131_000 })
  const [row] = await ledger.db.selectFrom('delivery').selectAll().execute()
  expect(row).toMatchObject({ attempts: 2, dueMs: 1_200_000, error: 'HTTP 500', givenUpMs: null })
  expect((await due(ledger, 1_199_999)).size).toBe(0)
  expect((await due(ledger, 1_200_000)).get('mail')).toEqual(ids)
})

test('that it is over is not said before it was said that it began', async () => {
  const { ledger } = await scratchLedger()
  const { id, details } = await open(ledger)
  const first = await claim(ledger, (await due(ledger, 1_010_000)).get('mail') ?? [], 1_010_000)
  const again = { kind: 'again', error: 'HTTP 500', dueMs: 1_100_000 } as const
  await endDeliveries(ledger, { deliveries: first, end: again, nowMs: 1_011_000 })
  await change(ledger, { ended: [{ id, details, routes: [mail] }], nowMs: 1_020_000 })
  expect((await due(ledger, 1_050_000)).size).toBe(0)
  const both = await claim(ledger, (await due(ledger, 1_100_000)).get('mail') ?? [], 1_100_000)
  expect(both.map(({ kind }) => kind)).toEqual(['opened', 'resolved'])
  await endDeliveries(ledger, { deliveries: both, end: { kind: 'given_up', error: 'x' }, nowMs: 1_100_000 })
  expect((await due(ledger, 9_000_000)).size).toBe(0)
})

test('rules, channels and pipelines of others are left alone', async () => {
  const { ledger } = await scratchLedger()
  await change(ledger, {
    raised: [
      raised('a', { rule: 'theirs' }),
      raised('b', { pipeline: 'theirs' }),
      raised('c', { routes: [{ channel: 'theirs', paceMs: 0 }] }),
      raised('d', { pipeline: null }),
    ],
  })
  const ids = (await due(ledger, 2_000_000)).get('mail') ?? []
  expect((await claim(ledger, ids, 2_000_000)).map(({ alert }) => alert.subject)).toEqual(['d'])
})
