import { mail } from '../pipeline/alert-channels.ts'
import { type Alert, alert, type AlertRule } from '../pipeline/alerts.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { AlertsPlan } from '../plan/alerts/alert-plan.ts'
import { compileAlerts } from '../plan/alerts/compile-alerts.ts'
import type { ErrorReport } from '../model/cauce-error.ts'
import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import type { RowCounts } from '../model/item-state.ts'
import type { SettledState } from '../ledger/item-transitions.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { deliveriesOf } from '../ledger/alert-deliveries.ts'
import { finishRun } from '../ledger/finish-run.ts'
import { listAlerts } from '../ledger/open-alerts.ts'
import { retryItem } from '../ledger/retry-item.ts'
import { scratchLedger, type ScratchLedger, self } from '../ledger/scratch-ledger.test-kit.ts'
import { settleItem } from '../ledger/settle-item.ts'
import { startRun } from '../ledger/start-run.ts'
import type { FiringCause, ItemRow, RunRow } from '../ledger/tables.ts'
import { type AlertMemory, newAlertMemory } from './alert-memory.ts'
import { evaluateAlerts } from './evaluate-alerts.ts'
import type { DiskState } from './look.ts'

/** 2026-11-22 12:00 UTC, a Sunday; 06:00 in Mexico City. */
export const NOON_MS = Date.parse('2026-11-22T12:00:00Z')
export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000

/** A clock that stands still until it is moved. */
export interface HandClock extends Clock {
  nowMs: number
}

function handClock(nowMs = NOON_MS): HandClock {
  const clock: HandClock = {
    nowMs,
    now: () => clock.nowMs,
    sleep: async () => undefined,
  }
  return clock
}

export const channel = mail({
  host: '127.0.0.1',
  from: 'cauce@example.com',
  to: 'ops@example.com',
  tls: 'none',
})

export function plansOf(alerts: readonly Alert[], options: Partial<Pipeline['options']> = {}): AlertsPlan {
  const pipeline: Pipeline = { kind: 'pipeline', name: 'visits', options: options as Pipeline['options'] }
  const { issues, ...plan } = compileAlerts({ alerts, pipelines: [pipeline] })
  if (issues.length > 0) throw new Error(JSON.stringify(issues))
  return plan
}

/** An alert as these tests look at it. */
export interface ShownAlert {
  readonly subject: string
  readonly isOpen: boolean
  readonly messages: string
}

/** A ledger of the pipeline `visits`, a clock, and one process that looks for alerts. */
export interface AlertScene extends ScratchLedger {
  readonly clock: HandClock
  readonly memory: AlertMemory
  readonly look: (disk?: DiskState) => ReturnType<typeof evaluateAlerts>
  /** Looks again with nothing remembered, as after a restart. */
  readonly lookAnew: () => ReturnType<typeof evaluateAlerts>
  readonly shown: () => Promise<readonly ShownAlert[]>
  /** Claims a pending item and settles it. */
  readonly settle: (
    key: string,
    state: SettledState,
    counts?: Partial<RowCounts>,
    more?: { readonly error?: ErrorReport; readonly loadKey?: string },
  ) => Promise<ItemRow>
  readonly retry: (item: ItemRow) => Promise<void>
  readonly run: (options?: {
    readonly atMs?: number
    readonly cause?: FiringCause
    readonly pipeline?: string
  }) => Promise<RunRow>
  readonly finish: (run: RunRow, state: 'done' | 'failed' | 'interrupted', atMs?: number) => Promise<void>
}

export const unreachable = new CauceError('SOURCE_UNREACHABLE', {
  url: 'sftp://h',
  detail: 'refused',
}).report()

export async function alertScene(rules: AlertsPlan | AlertRule): Promise<AlertScene> {
  const plan = 'kind' in rules ? plansOf([alert(rules, { to: channel, name: 'a' })]) : rules
  const scratch = await scratchLedger()
  const { ledger } = scratch
  const clock = handClock()
  const memory = newAlertMemory()
  const common = { ledger, rules: plan, clock }
  const scene: AlertScene = {
    ...scratch,
    clock,
    memory,
    look: async (disk) => evaluateAlerts({ ...common, memory, disk: async () => disk }),
    lookAnew: async () => evaluateAlerts(common),
    shown: async () => shownAlerts(ledger),
    async settle(key, state, counts, more = {}) {
      const known = await ledger.db.selectFrom('item').where('key', '=', key).select('id').executeTakeFirst()
      if (known === undefined) await scratch.record([key], { nowMs: clock.nowMs })
      const { id: runId } = await scene.run()
      const claimed = await scratch.claim({ runId, nowMs: clock.nowMs, limit: 1 })
      const [item] = claimed
      if (item?.key !== key) throw new Error(`claimed ${item?.key}, not ${key}`)
      const { id, epoch } = item
      const settled = await settleItem(ledger, {
        id,
        epoch,
        state,
        counts: { read: 0, loaded: 0, rejected: 0, skipped: 0, warnings: 0, ...counts },
        ...more,
        nowMs: clock.nowMs,
      })
      if (settled === undefined) throw new Error('not settled')
      return settled
    },
    async retry({ id }) {
      await retryItem(ledger, { id, by: 'ana', reason: 'mended', nowMs: clock.nowMs })
    },
    run: async ({ atMs = clock.nowMs, cause = 'manual', pipeline = 'visits' } = {}) => {
      const run = await startRun(ledger, { pipeline, planHash: 'h1', owner: self, nowMs: atMs })
      await ledger.db.updateTable('run').set({ cause }).where('id', '=', run.id).execute()
      return run
    },
    async finish({ id }, state, atMs = clock.nowMs) {
      await finishRun(ledger, { id, state, nowMs: atMs })
    },
  }
  return scene
}

async function shownAlerts(ledger: Ledger): Promise<readonly ShownAlert[]> {
  const alerts = await listAlerts(ledger)
  const deliveries = await deliveriesOf(
    ledger,
    alerts.map(({ id }) => id),
  )
  return alerts.toReversed().map(({ id, subject, resolvedMs }) => ({
    subject,
    isOpen: resolvedMs === null,
    messages: (deliveries.get(id) ?? []).map(({ kind }) => kind).join('+'),
  }))
}
