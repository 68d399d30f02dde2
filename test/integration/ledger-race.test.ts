import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { finishRun } from '../../packages/cauce/src/ledger/finish-run.ts'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { listItems } from '../../packages/cauce/src/ledger/list-items.ts'
import { listRuns } from '../../packages/cauce/src/ledger/list-runs.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { ownIdentity } from '../../packages/cauce/src/ledger/process-identity.ts'
import { recordItems } from '../../packages/cauce/src/ledger/record-items.ts'
import { recordPlan } from '../../packages/cauce/src/ledger/record-plan.ts'
import { startRun } from '../../packages/cauce/src/ledger/start-run.ts'
import type { Plan } from '../../packages/cauce/src/model/plan.ts'
import { type LedgerWorker, startLedgerWorker } from './ledger-worker.ts'

const PROCESSES = 4

async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-ledger-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  return folder
}

async function ledgerWith(items: number): Promise<Ledger> {
  const ledger = await openLedger(`sqlite:${join(await scratchFolder(), 'ledger.db')}`)
  onTestFinished(async () => ledger.close())
  const owner = await ownIdentity()
  const scope = { pipeline: 'visits', planHash: 'h1', owner, nowMs: Date.now() }
  await recordPlan(ledger, { plan: { pipeline: 'visits', hash: 'h1' } as Plan, nowMs: 1 })
  const run = await startRun(ledger, scope)
  const entries = Array.from({ length: items }, (_, index) => ({
    key: `${index}`,
    sizeBytes: 1,
    modifiedMs: 1,
  }))
  await recordItems(ledger, { ...scope, runId: run.id, boundHost: owner.host, entries })
  await finishRun(ledger, { id: run.id, state: 'done', nowMs: Date.now() })
  return ledger
}

async function startWorkers(count: number, ledger: Ledger): Promise<LedgerWorker[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const worker = await startLedgerWorker()
      await worker.ask('open', { url: ledger.displayUrl, work: true })
      return worker
    }),
  )
}

/** Every item settled, once, with its counts; nothing held. */
async function expectAllSettledOnce(ledger: Ledger, total: number): Promise<void> {
  const items = await listItems(ledger)
  expect(items).toHaveLength(total)
  for (const item of items)
    expect(item).toMatchObject({
      state: 'ready_with_rejects',
      read: 3,
      loaded: 2,
      rejected: 1,
      ownerHost: null,
    })
  const settled = await ledger.db
    .selectFrom('transition')
    .where('toState', '=', 'ready_with_rejects')
    .select('itemId')
    .execute()
  expect(settled.map(({ itemId }) => itemId).toSorted((a, b) => a - b)).toEqual(
    items.map(({ id }) => id).toSorted((a, b) => a - b),
  )
}

test(`${PROCESSES} processes that open a new ledger at once make one ledger, ten times over`, async () => {
  const workers = await Promise.all(Array.from({ length: PROCESSES }, startLedgerWorker))
  for (let round = 0; round < 10; round++) {
    const url = `sqlite:${join(await scratchFolder(), 'home', 'ledger.db')}`
    await Promise.all(workers.map(async (worker) => worker.ask('open', { url, work: false })))
    await Promise.all(workers.map(async (worker) => worker.ask('close', {})))
    await using ledger = await openLedger(url)
    expect(await listItems(ledger)).toEqual([])
  }
})

test(`${PROCESSES} processes claim 2,000 items: each goes to one of them, none is left`, async () => {
  const ledger = await ledgerWith(2000)
  const workers = await startWorkers(PROCESSES, ledger)
  const shares = await Promise.all(
    workers.map(async (worker) => worker.ask('workUntilDone', { limit: 5, leaseMs: 60_000 })),
  )
  const claims = shares.flat()
  expect(new Set(claims.map(({ id }) => id)).size).toBe(2000)
  expect(claims).toHaveLength(2000)
  expect(claims.filter(({ epoch }) => epoch !== 1)).toEqual([])
  expect(shares.filter((share) => share.length === 0)).toEqual([])
  await expectAllSettledOnce(ledger, 2000)
})

test('what killed processes held is taken over at once, whenever they died', async () => {
  const ledger = await ledgerWith(300)
  const rounds = 5
  for (let round = 0; round < rounds; round++) {
    const workers = await startWorkers(2, ledger)
    for (const { ask } of workers) void ask('workUntilDone', { limit: 3, leaseMs: 600_000 })
    await sleep(20 + 37 * round)
    for (const { kill } of workers) kill('SIGKILL')
    await Promise.all(workers.map(async ({ ended }) => ended))
  }
  const [last] = (await startWorkers(1, ledger)) as [LedgerWorker]
  await last.ask('workUntilDone', { limit: 3, leaseMs: 600_000 })
  await expectAllSettledOnce(ledger, 300)
  const attempts = await ledger.db.selectFrom('attempt').select(['outcome', 'finishedMs']).execute()
  const outcomes = attempts.map(({ outcome }) => outcome)
  expect(outcomes.filter((outcome) => outcome === 'ready_with_rejects')).toHaveLength(300)
  expect(outcomes.filter((outcome) => outcome === 'lost')).toHaveLength(attempts.length - 300)
  expect(attempts.length).toBeGreaterThan(300)
  expect(await listRuns(ledger, { states: ['interrupted'] })).toHaveLength(2 * rounds)
})

test('a process that stood still past its lease can settle nothing, and is told at its next heartbeat', async () => {
  const ledger = await ledgerWith(3)
  const [sleeper, rival] = (await startWorkers(2, ledger)) as [LedgerWorker, LedgerWorker]
  const stale = await sleeper.ask('claim', { limit: 3, leaseMs: 300 })
  expect(stale).toHaveLength(3)
  sleeper.kill('SIGSTOP')
  expect(await rival.ask('claim', { limit: 3, leaseMs: 60_000 })).toEqual([])
  await sleep(400)
  const fresh = await rival.ask('claim', { limit: 2, leaseMs: 60_000 })
  expect(fresh.map(({ epoch }) => epoch)).toEqual([2, 2])
  sleeper.kill('SIGCONT')
  const taken = fresh.map(({ id }) => id)
  expect(await sleeper.ask('beat', { claims: stale })).toMatchObject({ lost: taken })
  expect(await sleeper.ask('settle', { claims: stale })).toEqual(
    stale.map(({ id }) => id).filter((id) => !taken.includes(id)),
  )
  expect(await rival.ask('settle', { claims: fresh })).toEqual(taken)
  await expectAllSettledOnce(ledger, 3)
})
