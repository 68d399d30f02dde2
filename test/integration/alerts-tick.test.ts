import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { AlertEvent } from '../../packages/cauce/src/alerts/alert-event.ts'
import {
  alertsTick,
  type AlertWatch,
  endAlertWatch,
  watchAlerts,
} from '../../packages/cauce/src/alerts/alerts-tick.ts'
import { claimItems } from '../../packages/cauce/src/ledger/claim-items.ts'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { ownIdentity } from '../../packages/cauce/src/ledger/process-identity.ts'
import { recordItems } from '../../packages/cauce/src/ledger/record-items.ts'
import { recordPlan } from '../../packages/cauce/src/ledger/record-plan.ts'
import { retryItem } from '../../packages/cauce/src/ledger/retry-item.ts'
import { settleItem } from '../../packages/cauce/src/ledger/settle-item.ts'
import { startRun } from '../../packages/cauce/src/ledger/start-run.ts'
import type { ItemState } from '../../packages/cauce/src/model/item-state.ts'
import type { Plan } from '../../packages/cauce/src/model/plan.ts'
import { slack, webhook } from '../../packages/cauce/src/pipeline/alert-channels.ts'
import { type Alert, alert, diskShort, onFailure } from '../../packages/cauce/src/pipeline/alerts.ts'
import type { Pipeline } from '../../packages/cauce/src/pipeline/pipeline.ts'
import { secret } from '../../packages/cauce/src/pipeline/setting.ts'
import { compileAlerts } from '../../packages/cauce/src/plan/alerts/compile-alerts.ts'
import { resolveChannels } from '../../packages/cauce/src/plan/alerts/resolve-channels.ts'
import { type HttpScene, startReceiver, status } from './alerts-http-receiver.ts'
import { type HandClock, START_MS } from './alerts-scene.ts'

const owner = await ownIdentity()
const hook = webhook(secret('URL'), { secret: secret('KEY') })

interface TickScene {
  readonly ledger: Ledger
  readonly clock: HandClock
  readonly http: HttpScene
  readonly events: AlertEvent[]
  /** A dispatcher of its own, on a connection of its own. */
  readonly dispatcher: (alerts?: readonly Alert[]) => Promise<AlertWatch>
  /** A file that ends so; its id. */
  readonly end: (key: string, state: Extract<ItemState, 'ready' | 'failed_layout'>) => Promise<number>
}

async function tickScene(): Promise<TickScene> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-ticks-'))
  const url = `sqlite:${join(folder, 'ledger.db')}`
  const ledger = await openLedger(url)
  onTestFinished(async () => {
    await ledger.close()
    await rm(folder, { recursive: true, force: true })
  })
  const clock: HandClock = { nowMs: START_MS, now: () => clock.nowMs, sleep: async () => undefined }
  const http = await startReceiver()
  const events: AlertEvent[] = []
  await recordPlan(ledger, { plan: { pipeline: 'visitas', hash: 'h' } as Plan, nowMs: 1 })
  const scope = { pipeline: 'visitas', planHash: 'h', owner }
  return {
    ledger,
    clock,
    http,
    events,
    async dispatcher(alerts = [alert(onFailure(), { to: hook })]) {
      const pipeline = { kind: 'pipeline', name: 'visitas', options: {} } as unknown as Pipeline
      const { issues, ...plan } = compileAlerts({ alerts, pipelines: [pipeline] })
      expect(issues).toEqual([])
      const surroundings = {
        environment: { URL: http.url, KEY: 'k' },
        dotenv: {},
        projectFolder: folder,
        currentFolder: folder,
      }
      const own = await openLedger(url)
      const watch = watchAlerts({
        ledger: own,
        plan,
        channels: resolveChannels(plan.channels, surroundings),
        clock,
        homeFolder: folder,
        emit: (event) => void events.push(event),
      })
      onTestFinished(async () => {
        await endAlertWatch(watch, 1_000)
        await own.close()
      })
      return watch
    },
    async end(key, state) {
      const nowMs = clock.nowMs
      const { id: runId } = await startRun(ledger, { ...scope, nowMs })
      const [recorded] = await recordItems(ledger, {
        ...scope,
        runId,
        boundHost: null,
        entries: [{ key, sizeBytes: 1, modifiedMs: 1 }],
        nowMs,
      })
      if (recorded === undefined) throw new Error('not recorded')
      const { id } = recorded.item
      await retryItem(ledger, { id, by: 'ana', reason: 'again', nowMs })
      const claim = { ...scope, runId, limit: 1, leaseMs: 60_000, takeFailedSystem: false, only: [id], nowMs }
      const [claimed] = await claimItems(ledger, claim)
      if (claimed === undefined) throw new Error('not claimed')
      await settleItem(ledger, { id, epoch: claimed.epoch, state, nowMs })
      return id
    },
  }
}

async function tick(watches: readonly AlertWatch[]): Promise<void> {
  await Promise.all(watches.map(async (watch) => alertsTick(watch)))
  await Promise.all(watches.map(async ({ delivering }) => delivering))
}

const bodies = ({ received }: HttpScene) =>
  received.map(
    ({ body }) =>
      (JSON.parse(body) as { readonly alerts: readonly { readonly event: string; readonly title: string }[] })
        .alerts,
  )

test('two dispatchers over one ledger tell each alert once, and its end once', async () => {
  const { dispatcher, end, clock, http, events } = await tickScene()
  const both = [await dispatcher(), await dispatcher()]
  await tick(both)
  for (let index = 0; index < 12; index++) await end(`f${index}`, 'failed_layout')
  for (let second = 0; second < 60; second += 5) {
    clock.nowMs += 5_000
    await tick(both)
  }
  expect(http.received).toHaveLength(1)
  expect(bodies(http)[0]?.map(({ event, title }) => [event, title])).toEqual(
    Array.from({ length: 12 }, (_, index) => ['opened', `visitas: f${index} is not as agreed`]),
  )
  for (let index = 0; index < 12; index++) await end(`f${index}`, 'ready')
  for (let second = 0; second < 60; second += 5) {
    clock.nowMs += 5_000
    await tick(both)
  }
  expect(http.received).toHaveLength(2)
  expect(bodies(http)[1]?.map(({ event }) => event)).toEqual(Array.from({ length: 12 }, () => 'resolved'))
  const counts = Map.groupBy(events, ({ kind }) => kind)
  expect([...counts].map(([kind, all]) => [kind, all.length])).toEqual([
    ['opened', 12],
    ['delivered', 2],
    ['resolved', 12],
  ])
})

test('between two looks a tick does not touch the ledger', async () => {
  const { dispatcher, end, clock, events } = await tickScene()
  const watch = await dispatcher()
  await tick([watch])
  await end('a', 'failed_layout')
  clock.nowMs += 4_999
  await tick([watch])
  expect(events).toEqual([])
  clock.nowMs += 1
  await tick([watch])
  expect(events).toMatchObject([{ kind: 'opened' }])
})

test('a receiver that hangs holds up no tick, and the end waits for it no longer than it may', async () => {
  const { dispatcher, end, clock, http, events } = await tickScene()
  http.answers = [() => undefined]
  const watch = await dispatcher()
  await end('a', 'failed_layout')
  await tick([watch])
  clock.nowMs += 10_000
  const before = performance.now()
  await alertsTick(watch)
  await expect.poll(() => http.received.length).toBe(1)
  await end('b', 'failed_layout')
  clock.nowMs += 5_000
  await alertsTick(watch)
  expect(events.filter(({ kind }) => kind === 'opened')).toHaveLength(2)
  await endAlertWatch(watch, 10)
  expect(performance.now() - before).toBeLessThan(9_000)
  http.answers = [status(200)]
  const next = await dispatcher()
  for (let minute = 0; minute < 4; minute++) {
    clock.nowMs += 60_000
    await tick([next])
  }
  expect(
    bodies(http)
      .at(-1)
      ?.map(({ title }) => title),
  ).toContain('visitas: a is not as agreed')
})

test('a short disk of home is told; a project without alerts asks nothing', async () => {
  const { dispatcher, clock, events } = await tickScene()
  await tick([await dispatcher([])])
  expect(events).toEqual([])
  const watch = await dispatcher([alert(diskShort('9000TB'), { to: slack(secret('URL')) })])
  await tick([watch])
  expect(events).toMatchObject([{ kind: 'opened', alert: { rule: 'disk_short', pipeline: null } }])
  clock.nowMs += 10_000
  await tick([watch])
  expect(events).toMatchObject([{ kind: 'opened' }, { kind: 'delivered', channel: 'slack' }])
})

test('what a process took and never sent, because it died, is sent by another after two minutes', async () => {
  const { dispatcher, end, clock, http, ledger } = await tickScene()
  const watch = await dispatcher()
  await end('a', 'failed_layout')
  await tick([watch])
  await ledger.db
    .updateTable('delivery')
    .set({ attempts: 1, dueMs: clock.nowMs + 120_000 })
    .execute()
  clock.nowMs += 115_000
  await tick([watch])
  expect(http.received).toEqual([])
  clock.nowMs += 5_000
  await tick([watch])
  expect(http.received).toHaveLength(1)
})
