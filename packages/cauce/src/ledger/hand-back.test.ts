import { expect, test } from 'vitest'
import { CauceError } from '../model/cauce-error.ts'
import { handBack } from './hand-back.ts'
import { itemHistory } from './item-history.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'

test('an interrupted item goes back as if it had not been tried', async () => {
  const { ledger, hold, claim } = await scratchLedger()
  const held = await hold()
  const back = await handBack(ledger, { ...held, reason: 'interrupted', tryUsed: false, nowMs: 3000 })
  expect(back).toMatchObject({
    state: 'pending',
    attempts: 0,
    roundAttempts: 0,
    epoch: 1,
    leaseUntilMs: null,
  })
  expect(await claim()).toMatchObject([{ attempts: 1, epoch: 2 }])
  const { attempts } = await itemHistory(ledger, held.id)
  expect(attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
    [1, 'handed_back'],
    [1, null],
  ])
})

test('a failed try is used up, and keeps its error', async () => {
  const { ledger, hold } = await scratchLedger()
  const held = await hold()
  const error = new CauceError('SOURCE_UNREACHABLE', { url: 'sftp://host', detail: 'no route' }).report()
  const back = await handBack(ledger, {
    ...held,
    reason: 'retry',
    tryUsed: true,
    error,
    dueMs: 9000,
    nowMs: 3000,
  })
  expect(back).toMatchObject({
    state: 'pending',
    attempts: 1,
    roundAttempts: 1,
    dueMs: 9000,
    errorClass: 'system',
  })
  const { attempts } = await itemHistory(ledger, held.id)
  expect(attempts).toMatchObject([{ outcome: 'failed', errorClass: 'system', finishedMs: 3000 }])
})
