import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { finishRun } from '../../packages/cauce/src/ledger/finish-run.ts'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { listItems } from '../../packages/cauce/src/ledger/list-items.ts'
import { listRuns } from '../../packages/cauce/src/ledger/list-runs.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { ownIdentity } from '../../packages/cauce/src/ledger/process-identity.ts'
import { recordItems } from '../../packages/cauce/src/ledger/record-items.ts'
import { recordPlan } from '../../packages/cauce/src/ledger/record-plan.ts'
import { seatUsage } from '../../packages/cauce/src/ledger/seat-usage.ts'
import { startRun } from '../../packages/cauce/src/ledger/start-run.ts'
import type { Plan } from '../../packages/cauce/src/model/plan.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { type LedgerWorker, startLedgerWorker } from './ledger-worker.ts'

const PROCESSES = 4

async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-ledger-'))
  onTestFinished(async () => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Where ledgers can lie, each time a new place. */
interface Home {
  readonly newUrl: () => Promise<string>
  readonly describe: (title: string, body: () => void) => void
}

const HOMES: Readonly<Record<string, Home>> = {
  SQLite: {
    newUrl: async () => `sqlite:${join(await scratchFolder(), 'home', 'ledger.db')}`,
    describe,
  },
  PostgreSQL: {
    newUrl: async () => {
      const database = await sharedPostgres().createDatabase()
      onTestFinished(async () => database.drop())
      return database.url
    },
    describe: describeNeeding('postgres'),
  },
}

interface OpenedLedger {
  readonly url: string
  readonly ledger: Ledger
}

async function ledgerWith(
  home: Home,
  items: number,
  pipeline = 'visits',
  planHash = 'h1',
): Promise<OpenedLedger> {
  const url = await home.newUrl()
  const ledger = await openLedger(url)
  onTestFinished(async () => ledger.close())
  await record(ledger, { pipeline, planHash, items })
  return { url, ledger }
}

async function record(
  ledger: Ledger,
  { pipeline, planHash, items }: { pipeline: string; planHash: string; items: number },
): Promise<void> {
  const owner = await ownIdentity()
  const scope = { pipeline, planHash, owner, nowMs: Date.now() }
  await recordPlan(ledger, { plan: { pipeline, hash: planHash } as Plan, nowMs: 1 })
  const run = await startRun(ledger, scope)
  const entries = Array.from({ length: items }, (_, index) => ({
    key: `${index}`,
    sizeBytes: 1,
    modifiedMs: 1,
  }))
  await recordItems(ledger, { ...scope, runId: run.id, boundHost: owner.host, entries })
  await finishRun(ledger, { id: run.id, state: 'done', nowMs: Date.now() })
}

async function startWorkers(count: number, { url }: OpenedLedger): Promise<LedgerWorker[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const worker = await startLedgerWorker()
      await worker.ask('open', { url, work: true })
      return worker
    }),
  )
}

/** Every item settled, once, with its counts; nothing held. */
async function expectAllSettledOnce({ ledger }: OpenedLedger, total: number): Promise<void> {
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

for (const [name, home] of Object.entries(HOMES)) {
  home.describe(`a ledger on ${name}`, () => {
    test(`${PROCESSES} processes that open a new ledger at once make one ledger, ten times over`, async () => {
      const workers = await Promise.all(Array.from({ length: PROCESSES }, startLedgerWorker))
      for (let round = 0; round < 10; round++) {
        const url = await home.newUrl()
        await Promise.all(workers.map(async (worker) => worker.ask('open', { url, work: false })))
        await Promise.all(workers.map(async (worker) => worker.ask('close', {})))
        await using ledger = await openLedger(url)
        expect(await listItems(ledger)).toEqual([])
      }
    })

    test(`${PROCESSES} processes claim 1,000 items: each goes to one of them, none is left`, async () => {
      const opened = await ledgerWith(home, 1000)
      const workers = await startWorkers(PROCESSES, opened)
      const shares = await Promise.all(
        workers.map(async (worker) => worker.ask('workUntilDone', { limit: 5, leaseMs: 60_000 })),
      )
      const claims = shares.flat()
      expect(new Set(claims.map(({ id }) => id)).size).toBe(1000)
      expect(claims).toHaveLength(1000)
      expect(claims.filter(({ epoch }) => epoch !== 1)).toEqual([])
      expect(shares.filter((share) => share.length === 0)).toEqual([])
      await expectAllSettledOnce(opened, 1000)
    })

    test('what killed processes held is taken over at once, whenever they died', async () => {
      const opened = await ledgerWith(home, 200)
      const rounds = 5
      for (let round = 0; round < rounds; round++) {
        const workers = await startWorkers(2, opened)
        for (const { ask } of workers) void ask('workUntilDone', { limit: 3, leaseMs: 600_000 })
        await sleep(20 + 37 * round)
        for (const { kill } of workers) kill('SIGKILL')
        await Promise.all(workers.map(async ({ ended }) => ended))
      }
      const [last] = (await startWorkers(1, opened)) as [LedgerWorker]
      await last.ask('workUntilDone', { limit: 3, leaseMs: 600_000 })
      await expectAllSettledOnce(opened, 200)
      const attempts = await opened.ledger.db
        .selectFrom('attempt')
        .select(['outcome', 'finishedMs'])
        .execute()
      const outcomes = attempts.map(({ outcome }) => outcome)
      expect(outcomes.filter((outcome) => outcome === 'ready_with_rejects')).toHaveLength(200)
      expect(outcomes.filter((outcome) => outcome === 'lost')).toHaveLength(attempts.length - 200)
      expect(attempts.length).toBeGreaterThan(200)
      expect(await listRuns(opened.ledger, { states: ['interrupted'] })).toHaveLength(2 * rounds)
    })

    test('a process that stood still past its lease can settle nothing, and is told at its next heartbeat', async () => {
      const opened = await ledgerWith(home, 3)
      const [sleeper, rival] = (await startWorkers(2, opened)) as [LedgerWorker, LedgerWorker]
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
      await expectAllSettledOnce(opened, 3)
    })

    test('no limit is ever exceeded, however many processes claim, sit down and settle', async () => {
      const opened = await ledgerWith(home, 50)
      await record(opened.ledger, { pipeline: 'sales', planHash: 'h2', items: 50 })
      const workers = await startWorkers(PROCESSES, opened)
      const limits = {
        loops: 4,
        maxItems: 5,
        maxSeats: 3,
        leaseMs: 60_000,
        marksFolder: await scratchFolder(),
      }
      const shares = await Promise.all(workers.map(async ({ ask }) => ask('workWithinLimits', limits)))
      expect(shares.flatMap(({ settled }) => settled)).toHaveLength(100)
      // How many come together depends on the machine; more than there may be never do, or a worker would have thrown.
      expect(Math.max(...shares.map(({ mostItems }) => mostItems))).toBeGreaterThan(3)
      expect(Math.max(...shares.map(({ mostSeats }) => mostSeats))).toBe(3)
      expect(shares.reduce((sum, { seatsRefused }) => sum + seatsRefused, 0)).toBeGreaterThan(0)
      expect(await seatUsage(opened.ledger)).toEqual([{ resource: 'destination', held: 0, limit: 3 }])
      await expectAllSettledOnce(opened, 100)
    })
  })
}
