import { expect, test } from 'vitest'
import { endWorker } from './end-worker.ts'
import { finishRun } from './finish-run.ts'
import { itemHistory } from './item-history.ts'
import { SETTLED_STATES } from './item-transitions.ts'
import { listItems } from './list-items.ts'
import { listRuns } from './list-runs.ts'
import { pruneLedger } from './prune-ledger.ts'
import { registerWorker } from './register-worker.ts'
import { retryItem } from './retry-item.ts'
import { scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { startRun } from './start-run.ts'

const BEFORE = 50_000
const rows = { read: 3, loaded: 2, rejected: 1, skipped: 0, warnings: 0 }
const ruleCounts = [{ code: 'email.syntax', level: 'error', rows: 1 }] as const

const AT_REST = ['ready', 'ready_with_rejects', 'duplicate', 'superseded', 'cancelled']

test('details of what ended long ago go; items, their totals and whatever waits or runs stay whole', async () => {
  const { ledger, hold, record } = await scratchLedger()
  for (const state of SETTLED_STATES) {
    await settleItem(ledger, {
      ...(await hold(`old ${state}`)),
      state,
      counts: rows,
      ruleCounts,
      nowMs: 3000,
    })
    await settleItem(ledger, { ...(await hold(`new ${state}`)), state, ruleCounts, nowMs: BEFORE })
  }
  await hold('held')
  const again = await hold('again')
  await settleItem(ledger, { ...again, state: 'refused', nowMs: 3000 })
  await retryItem(ledger, { id: again.id, by: 'ana', reason: 'r', nowMs: 4000 })
  await record(['pending'])
  const before = await listItems(ledger)
  const result = { items: 5, firings: 0, alerts: 0, workers: 0, runs: 0, days: 0 }
  expect(await pruneLedger(ledger, { before: BEFORE, keepTotals: true })).toEqual(result)
  expect(await listItems(ledger)).toEqual(before)
  for (const { id, key } of before) {
    const { attempts, transitions, ruleCounts: broken } = await itemHistory(ledger, id)
    const isGone = AT_REST.some((state) => key === `old ${state}`)
    expect([key, transitions.length > 0]).toEqual([key, !isGone])
    expect([key, attempts.length > 0]).toEqual([key, !isGone && key !== 'pending'])
    expect([key, broken.length > 0]).toEqual([key, !isGone && /^(old|new) /.test(key)])
  }
  expect(await pruneLedger(ledger, { before: BEFORE, keepTotals: true })).toEqual({ ...result, items: 0 })
})

test('firings, alerts and processes that ended go, and those that follow a run stay; open ones stay', async () => {
  const { ledger } = await scratchLedger()
  const { db } = ledger
  const firing = {
    pipeline: 'visits',
    rhythm: 'run',
    dueMs: 1,
    requestedBy: 'ana',
    options: '{}',
    createdMs: 1,
  } as const
  await db
    .insertInto('firing')
    .values([
      { ...firing, token: 'done', cause: 'schedule', state: 'done', finishedMs: 2000 },
      { ...firing, token: 'recent', cause: 'schedule', state: 'done', finishedMs: BEFORE },
      { ...firing, token: 'followed', cause: 'after', state: 'done', finishedMs: 2000 },
      { ...firing, token: 'waiting', cause: 'schedule', state: 'waiting' },
    ])
    .execute()
  const alert = { rule: 'failure', details: '{}', openedMs: 1, seenMs: 1 }
  await db
    .insertInto('alert')
    .values([
      { ...alert, subject: 'over', resolvedMs: 2000 },
      { ...alert, subject: 'open', resolvedMs: null },
    ])
    .execute()
  const over = await db
    .selectFrom('alert')
    .where('subject', '=', 'over')
    .select('id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('delivery')
    .values({ alertId: over.id, kind: 'opened', channel: 'mail', dueMs: 1 })
    .execute()
  const worker = { owner: self, roles: 'worker', jobs: 1, cauceVersion: '1', nowMs: 1000 }
  await registerWorker(ledger, { id: 'ended', ...worker })
  await registerWorker(ledger, { id: 'working', ...worker })
  await endWorker(ledger, { id: 'ended', nowMs: 2000 })
  const gone = { items: 0, firings: 1, alerts: 1, workers: 1, runs: 0, days: 0 }
  expect(await pruneLedger(ledger, { before: BEFORE, keepTotals: true })).toEqual(gone)
  const tokens = await db.selectFrom('firing').orderBy('id').select('token').execute()
  expect(tokens.map(({ token }) => token)).toEqual(['recent', 'followed', 'waiting'])
  expect(await db.selectFrom('delivery').selectAll().execute()).toEqual([])
})

test('without totals, closed days and runs nobody names go too', async () => {
  const { ledger, runId, record } = await scratchLedger()
  await record(['a'])
  const common = { pipeline: 'visits', planHash: 'h1', owner: self, nowMs: 1000 }
  const empty = await startRun(ledger, common)
  const running = await startRun(ledger, common)
  for (const id of [runId, empty.id]) await finishRun(ledger, { id, state: 'done', nowMs: 2000 })
  const day = { pipeline: 'visits', report: '{}' }
  await ledger.db
    .insertInto('dayClose')
    .values([
      { ...day, day: '2026-01-01', closedMs: 2000 },
      { ...day, day: '2026-01-02', closedMs: BEFORE },
    ])
    .execute()
  expect(await pruneLedger(ledger, { before: BEFORE, keepTotals: true })).toMatchObject({ runs: 0, days: 0 })
  expect(await pruneLedger(ledger, { before: BEFORE, keepTotals: false })).toMatchObject({ runs: 1, days: 1 })
  expect((await listRuns(ledger)).map(({ id }) => id).toSorted()).toEqual([runId, running.id].toSorted())
})

test('a history longer than a transaction takes is read to its end', async () => {
  const { ledger, record, claim } = await scratchLedger()
  await record(Array.from({ length: 600 }, (_, index) => `${index}`))
  await claim({ limit: 600 })
  const nobody = { ownerHost: null, ownerPid: null, ownerStart: null, leaseUntilMs: null }
  await ledger.db
    .updateTable('item')
    .set({ ...nobody, state: 'ready', finishedMs: 3000 })
    .execute()
  expect(await pruneLedger(ledger, { before: BEFORE, keepTotals: true })).toMatchObject({ items: 600 })
  expect(await ledger.db.selectFrom('transition').select('id').execute()).toEqual([])
})

test('asked for one pipeline, what is another’s stays', async () => {
  const { ledger } = await scratchLedger()
  const day = { day: '2026-01-01', report: '{}', closedMs: 2000 }
  const alert = { rule: 'failure', subject: 's', details: '{}', openedMs: 1, seenMs: 1, resolvedMs: 2000 }
  const firing = { rhythm: 'run', cause: 'schedule', state: 'done', dueMs: 1, requestedBy: 'ana' } as const
  for (const pipeline of ['visits', 'other']) {
    await ledger.db
      .insertInto('dayClose')
      .values({ ...day, pipeline })
      .execute()
    await ledger.db
      .insertInto('alert')
      .values({ ...alert, pipeline })
      .execute()
    await ledger.db
      .insertInto('firing')
      .values({ ...firing, pipeline, token: pipeline, options: '{}', createdMs: 1, finishedMs: 2000 })
      .execute()
  }
  const gone = { items: 0, firings: 1, alerts: 1, workers: 0, runs: 0, days: 1 }
  expect(await pruneLedger(ledger, { before: BEFORE, keepTotals: false, pipeline: 'visits' })).toEqual(gone)
  expect(await ledger.db.selectFrom('dayClose').select('pipeline').execute()).toEqual([{ pipeline: 'other' }])
})
