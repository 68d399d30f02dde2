import { expect, test } from 'vitest'
import { itemHistory } from './item-history.ts'
import { dead, elsewhere, LEASE_MS, scratchLedger } from './scratch-ledger.test-kit.ts'
import { startRun } from './start-run.ts'
import { takeOver } from './take-over.ts'

test('what dead processes of this host held is free at once, and their runs are closed', async () => {
  const { ledger, record, claim, hold } = await scratchLedger()
  const deadRun = await startRun(ledger, { pipeline: 'visits', planHash: 'h1', owner: dead, nowMs: 1500 })
  await record(['a', 'b'])
  const [lost] = await claim({ owner: dead, runId: deadRun.id, limit: 1 })
  const [foreign] = await claim({ owner: elsewhere, limit: 1 })
  await hold('c')
  const nothing = { released: [], held: [], interruptedRuns: [] }
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
