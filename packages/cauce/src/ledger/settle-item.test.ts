import { expect, test } from 'vitest'
import { CauceError } from '../model/cauce-error.ts'
import { findItem } from './find-item.ts'
import { handBack } from './hand-back.ts'
import { heartbeat } from './heartbeat.ts'
import { itemHistory } from './item-history.ts'
import { SETTLED_STATES } from './item-transitions.ts'
import { rejectSummary } from './reject-summary.ts'
import { releaseClaim } from './release-claim.ts'
import { replayedRecords } from './replayed-records.ts'
import { retryItem } from './retry-item.ts'
import { elsewhere, scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { storedError } from './stored-error.ts'
import type { ItemRow } from './tables.ts'

const counts = { read: 10, loaded: 7, rejected: 2, skipped: 1, warnings: 3 }
const stages = [
  { state: 'transforming', atMs: 2100 },
  { state: 'loading', atMs: 2200 },
] as const

test('everything is written at once: state, counts, rules, attempt, history', async () => {
  const { ledger, runId, hold } = await scratchLedger()
  const held = await hold()
  const item = await settleItem(ledger, {
    ...held,
    state: 'ready_with_rejects',
    counts,
    ruleCounts: [
      { code: 'email:invalid', level: 'error', rows: 2 },
      { code: 'opens:many', level: 'warning', rows: 3 },
    ],
    stages: stages.slice(0, 1),
    sha256: 'abc',
    loadKey: 'key',
    sizeBytes: 123,
    backup: 'backup/a',
    sourceDeletedMs: 2900,
    rejectsSha256: 'def',
    nowMs: 3000,
  })
  expect(item).toMatchObject({ ...counts, state: 'ready_with_rejects', backup: 'backup/a', finishedMs: 3000 })
  expect(item).toMatchObject({ ownerHost: null, ownerPid: null, ownerStart: null, leaseUntilMs: null })
  expect(await findItem(ledger, held)).toEqual(item)
  const { attempts, ruleCounts } = await itemHistory(ledger, held.id)
  expect(attempts).toMatchObject([
    { outcome: 'ready_with_rejects', stage: 'transforming', startedMs: 2000, finishedMs: 3000 },
  ])
  expect(ruleCounts.map(({ code, rows }) => [code, rows])).toEqual([
    ['opens:many', 3],
    ['email:invalid', 2],
  ])
  expect(await rejectSummary(ledger, { runId })).toEqual([
    { pipeline: 'visits', code: 'opens:many', level: 'warning', rows: 3, items: 1 },
    { pipeline: 'visits', code: 'email:invalid', level: 'error', rows: 2, items: 1 },
  ])
  expect(await rejectSummary(ledger, { pipeline: 'other' })).toEqual([])
  expect(await rejectSummary(ledger, { pipeline: 'visits', itemId: held.id + 1 })).toEqual([])
})

test('a stale epoch settles nothing, hands nothing back, releases nothing', async () => {
  const { ledger, hold, claim } = await scratchLedger()
  const stale = await hold()
  const [holder] = await claim({ owner: elsewhere, nowMs: 30_000 })
  const late = { ...stale, nowMs: 31_000 }
  expect(await settleItem(ledger, { ...late, state: 'ready', counts })).toBeUndefined()
  expect(await handBack(ledger, { ...late, reason: 'r', tryUsed: false })).toBeUndefined()
  expect(await releaseClaim(ledger, { ...late, reason: 'r' })).toBeUndefined()
  expect(await findItem(ledger, stale)).toEqual(holder)
  const current = { ...late, epoch: 2 }
  expect(await settleItem(ledger, { ...current, state: 'ready', counts })).toMatchObject(counts)
  expect(await settleItem(ledger, { ...current, state: 'failed_layout' })).toBeUndefined()
})

test.each([
  ['rows read and not accounted for', { ...counts, read: 11 }],
  ['rows accounted for and not read', { ...counts, read: 9 }],
  ['less than no rows', { read: 0, loaded: -1, rejected: 1, skipped: 0, warnings: 0 }],
  ['less than no warnings', { ...counts, warnings: -1 }],
])('%s are refused and change nothing', async (_what, wrong) => {
  const { ledger, hold } = await scratchLedger()
  const held = await hold()
  const before = await findItem(ledger, held)
  const history = await itemHistory(ledger, held.id)
  const settled = settleItem(ledger, { ...held, state: 'ready', counts: wrong, stages, nowMs: 3000 })
  await expect(settled).rejects.toMatchObject({
    code: 'BUG',
    message: expect.stringContaining('rows_add_up'),
  })
  expect(await findItem(ledger, held)).toEqual(before)
  expect(await itemHistory(ledger, held.id)).toEqual(history)
})

test.each(SETTLED_STATES)('an item can end as %s from any stage, and no stage comes after', async (state) => {
  const { ledger, hold } = await scratchLedger()
  for (const passed of [0, 1, 2]) {
    const held = await hold(`${passed}`)
    const end = { ...held, state, stages: stages.slice(0, passed), nowMs: 3000 }
    expect((await settleItem(ledger, end))?.state).toBe(state)
    const { lost } = await heartbeat(ledger, { items: [{ ...held, stages }], leaseMs: 1, nowMs: 3001 })
    expect(lost).toEqual([held.id])
    expect((await findItem(ledger, held))?.state).toBe(state)
  }
})

test('the error of a failed attempt comes back in any language, and goes with success', async () => {
  const { ledger, hold, claim } = await scratchLedger()
  const held = await hold()
  const error = new CauceError('LAYOUT_COLUMNS', { file: 'a', detail: 'jyv' }).report()
  const failed = (await settleItem(ledger, {
    ...held,
    state: 'failed_layout',
    error,
    nowMs: 3000,
  })) as ItemRow
  expect(failed).toMatchObject({ read: 0, errorClass: 'layout', errorCode: 'LAYOUT_COLUMNS' })
  expect(storedError(failed)?.textIn('es')).toContain('columnas acordadas: jyv')
  const { attempts } = await itemHistory(ledger, held.id)
  expect(attempts.map((attempt) => storedError(attempt)?.code)).toEqual(['LAYOUT_COLUMNS'])
  await retryItem(ledger, { id: held.id, by: 'ana', reason: 'mended', nowMs: 4000 })
  await claim()
  const loaded = (await settleItem(ledger, { ...held, epoch: 2, state: 'ready', nowMs: 5000 })) as ItemRow
  expect(loaded).toMatchObject({ errorClass: null, errorCode: null, errorDetails: null })
  expect(storedError(loaded)).toBeUndefined()
})

test('an error of a newer Cauce is no reason to fail', async () => {
  const row = { errorClass: 'system', errorCode: 'OF_A_NEWER_CAUCE' as 'BUG', errorDetails: '{}' } as const
  expect(storedError(row)).toBeUndefined()
})

test('a record is replayed once: a second replay of it does not take it', async () => {
  const { ledger, record, claim } = await scratchLedger()
  const entry = { sizeBytes: 1, modifiedMs: 1, kind: 'replay', originLoadKey: 'origin' } as const
  await record([
    { ...entry, key: 'first' },
    { ...entry, key: 'second' },
  ])
  const [first, second] = (await claim()) as [ItemRow, ItemRow]
  const many = Array.from({ length: 12_000 }, (_, index) => index + 1)
  const end = { epoch: 1, state: 'ready', nowMs: 3000 } as const
  await settleItem(ledger, { ...end, id: first.id, replayedRecords: many })
  await settleItem(ledger, { ...end, id: second.id, replayedRecords: [5, 12_001] })
  expect(await replayedRecords(ledger, 'origin')).toEqual([...many, 12_001])
  const owners = ledger.db
    .selectFrom('replayed')
    .where('record', 'in', [5, 12_001])
    .orderBy('record')
    .select('itemId')
  expect(await owners.execute()).toEqual([{ itemId: first.id }, { itemId: second.id }])
})

test('what is no replay marks no records', async () => {
  const { ledger, hold } = await scratchLedger()
  const wrong = settleItem(ledger, { ...(await hold()), state: 'ready', replayedRecords: [1], nowMs: 3000 })
  await expect(wrong).rejects.toMatchObject({ code: 'BUG' })
})
