import { expect, test } from 'vitest'
import type { ErrorReport } from '../model/cauce-error.ts'
import { findItem } from './find-item.ts'
import { itemHistory } from './item-history.ts'
import { openNextDay } from './open-next-day.ts'
import { recordPlan } from './record-plan.ts'
import { requestCancel } from './request-cancel.ts'
import { retryItem } from './retry-item.ts'
import { planOf, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { startRun } from './start-run.ts'

const DAY_MS = 86_400_000

async function nightly() {
  const scratch = await scratchLedger()
  const { ledger, claim, record } = scratch
  await recordPlan(ledger, { plan: planOf({ pipeline: 'visits', hash: 'h2' }), nowMs: 1 })
  const run = await startRun(ledger, { pipeline: 'visits', planHash: 'h2', owner: self, nowMs: 5000 })
  const common = { pipeline: 'visits', runId: run.id, planHash: 'h2' }
  const fail = async (nowMs: number, error?: ErrorReport) => {
    const [item] = await claim({ limit: 1, nowMs })
    const { id, epoch } = item ?? { id: 0, epoch: 0 }
    await settleItem(ledger, {
      id,
      epoch,
      state: 'failed_system',
      dueMs: nowMs + DAY_MS,
      ...(error !== undefined && { error }),
      nowMs,
    })
    return id
  }
  const open = async (nowMs: number, days = 2) => openNextDay(ledger, { ...common, days, nowMs })
  return { ...scratch, record, fail, open, newRunId: run.id }
}

test('a quarantined item is tried again on each of the next days, with a new round of tries, and then waits', async () => {
  const { ledger, record, fail, open, newRunId } = await nightly()
  await record(['a'])
  const id = await fail(2000)
  expect(await open(2000 + DAY_MS - 1)).toBe(0)
  expect(await open(2000 + DAY_MS, 0)).toBe(0)
  expect(await open(2000 + DAY_MS)).toBe(1)
  expect(await findItem(ledger, { id })).toMatchObject({
    state: 'pending',
    runId: newRunId,
    planHash: 'h2',
    dayRetries: 1,
    roundAttempts: 0,
    dueMs: 0,
    finishedMs: null,
  })
  await fail(3000 + DAY_MS)
  expect(await open(3000 + 2 * DAY_MS)).toBe(1)
  await fail(4000 + 2 * DAY_MS)
  expect(await open(9 * DAY_MS)).toBe(0)
  expect(await findItem(ledger, { id })).toMatchObject({ state: 'failed_system', dayRetries: 2, attempts: 3 })
  const { transitions } = await itemHistory(ledger, id)
  expect(transitions.flatMap(({ reason }) => reason ?? [])).toEqual(['next day 1 of 2', 'next day 2 of 2'])
  await retryItem(ledger, { id, by: 'ana', reason: 'r', nowMs: 9 * DAY_MS })
  await fail(9 * DAY_MS)
  expect(await open(11 * DAY_MS)).toBe(1)
})

test('files that are gone, and what somebody wanted cancelled, stay', async () => {
  const { ledger, record, fail, open, hold } = await nightly()
  await record(['gone'])
  await fail(2000, { code: 'SOURCE_VANISHED', class: 'system', details: { file: 'gone' } })
  const held = await hold('unwanted')
  await requestCancel(ledger, { id: held.id, by: 'ana', nowMs: 3000 })
  await settleItem(ledger, { ...held, state: 'failed_system', nowMs: 3000 })
  expect(await open(9 * DAY_MS)).toBe(0)
})

test('more are opened than one transaction takes', async () => {
  const { record, claim, open, ledger } = await nightly()
  await record(Array.from({ length: 501 }, (_, index) => `${index}`))
  await claim({ limit: 501 })
  const nobody = { ownerHost: null, ownerPid: null, ownerStart: null, leaseUntilMs: null }
  await ledger.db
    .updateTable('item')
    .set({ ...nobody, state: 'failed_system', finishedMs: 2000 })
    .execute()
  expect(await open(2000)).toBe(501)
})
