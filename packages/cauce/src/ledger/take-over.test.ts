import { expect, test } from 'vitest'
import { itemHistory } from './item-history.ts'
import { dead, elsewhere, LEASE_MS, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { startRun } from './start-run.ts'
import { takeOver } from './take-over.ts'
import { takeSeat } from './take-seat.ts'

test('what dead processes of this host held is free at once, and their runs are closed', async () => {
  const { ledger, record, claim, hold } = await scratchLedger()
  const deadRun = await startRun(ledger, { pipeline: 'visits', planHash: 'h1', owner: dead, nowMs: 1500 })
  await record(['a', 'b'])
  const [lost] = await claim({ owner: dead, runId: deadRun.id, limit: 1 })
  const [foreign] = await claim({ owner: elsewhere, limit: 1 })
  await hold('c')
  const nothing = { released: [], held: [], interruptedRuns: [], freedSeats: [] }
  expect(await takeOver(ledger, { pipeline: 'other', nowMs: 3000 })).toEqual(nothing)
  const { released, held, interruptedRuns } = await takeOver(ledger, { nowMs: 3000 })
  expect(released).toMatchObject([{ id: lost?.id, state: 'pending', attempts: 1, dueMs: 0 }])
  expect(held).toEqual([foreign])
  expect(interruptedRuns).toMatchObject([
    { id: deadRun.id, state: 'interrupted', finishedMs: 3000, items: 1 },
  ])
  expect((await itemHistory(ledger, lost?.id ?? 0)).attempts).toMatchObject([{ outcome: 'lost' }])
  expect(await takeOver(ledger, { nowMs: 2000 + LEASE_MS + 1 })).toEqual(nothing)
})

test('seats of dead processes of this host are free at once, those of others are left', async () => {
  const { ledger } = await scratchLedger()
  const take = async (token: string, owner: typeof self) =>
    takeSeat(ledger, { resource: 'db', limit: 3, owner, token, leaseMs: LEASE_MS, nowMs: 2000 })
  expect(await take('a', dead)).toEqual({ number: 1 })
  expect(await take('b', elsewhere)).toEqual({ number: 2 })
  expect(await take('c', self)).toEqual({ number: 3 })
  expect(await take('d', self)).toBeUndefined()
  expect((await takeOver(ledger, { nowMs: 2000 })).freedSeats).toEqual([
    { resource: 'db', number: 1, token: 'a' },
  ])
  expect(await take('d', self)).toEqual({ number: 1 })
})
