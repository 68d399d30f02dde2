import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { AlertDetails } from '../../packages/cauce/src/alerts/alert-details.ts'
import type { AlertEvent } from '../../packages/cauce/src/alerts/alert-event.ts'
import type { RowsOf } from '../../packages/cauce/src/alerts/compose-message.ts'
import { deliverAlerts } from '../../packages/cauce/src/alerts/deliver-alerts.ts'
import { openSender } from '../../packages/cauce/src/alerts/open-sender.ts'
import type { Sender } from '../../packages/cauce/src/alerts/sender.ts'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { changeAlerts, listAlerts } from '../../packages/cauce/src/ledger/open-alerts.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import type { AlertRow, DeliveryRow } from '../../packages/cauce/src/ledger/tables.ts'
import type { Clock } from '../../packages/cauce/src/model/clock.ts'
import type { Channel } from '../../packages/cauce/src/pipeline/alert-channels.ts'
import { alert, type AlertOptions, rejectRate } from '../../packages/cauce/src/pipeline/alerts.ts'
import type { Pipeline } from '../../packages/cauce/src/pipeline/pipeline.ts'
import type { AlertsPlan } from '../../packages/cauce/src/plan/alerts/alert-plan.ts'
import { compileAlerts } from '../../packages/cauce/src/plan/alerts/compile-alerts.ts'
import { resolveChannels } from '../../packages/cauce/src/plan/alerts/resolve-channels.ts'

export const START_MS = Date.parse('2026-11-22T12:00:00Z')

/** A clock moved by hand. */
export interface HandClock extends Clock {
  nowMs: number
}

export interface DeliveryScene {
  readonly ledger: Ledger
  readonly clock: HandClock
  readonly plan: AlertsPlan
  readonly senders: readonly Sender[]
  readonly events: AlertEvent[]
  /** Opens an alert on the channel; its message may go ten seconds later. */
  readonly raise: (details?: Partial<AlertDetails>, subject?: string) => Promise<AlertRow>
  /** Ends it and queues the message that says so. */
  readonly end: (alert: AlertRow) => Promise<void>
  /** Lets time pass, then sends what is due. */
  readonly deliverAfter: (ms: number, ledger?: Ledger) => Promise<void>
  readonly deliveries: () => Promise<DeliveryRow[]>
}

export const FAILED: AlertDetails = {
  kind: 'item_failed',
  itemId: 7,
  key: 'report_1.txt',
  state: 'failed_system',
  attempts: 3,
  errorCode: 'DESTINATION_UNREACHABLE',
  errorDetails: { url: 'mysql://db/visitas', detail: 'connect ECONNREFUSED' },
}

/** A ledger with one channel and its sender; messages are held for ten seconds and then sent for real. */
export async function deliveryScene(
  channel: Channel,
  options: {
    readonly environment?: Readonly<Record<string, string>>
    readonly timeoutMs?: number
    readonly alert?: Partial<AlertOptions>
    readonly rowsOf?: RowsOf
  } = {},
): Promise<DeliveryScene> {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-alerts-'))
  const ledger = await openLedger(`sqlite:${join(folder, 'ledger.db')}`)
  onTestFinished(async () => {
    await ledger.close()
    await rm(folder, { recursive: true, force: true })
  })
  const clock: HandClock = { nowMs: START_MS, now: () => clock.nowMs, sleep: async () => undefined }
  const plan = planOf(channel, options.alert)
  const { channels } = resolveChannels(plan.channels, {
    environment: options.environment ?? {},
    dotenv: {},
    projectFolder: folder,
    currentFolder: folder,
  })
  const senders = channels.map((settings) => openSender(settings, { clock, timeoutMs: options.timeoutMs }))
  const events: AlertEvent[] = []
  const routes = plan.channels.map(({ name, paceMs }) => ({ channel: name, paceMs }))
  const common = { raised: [], kept: [], ended: [], holdMs: 10_000 }
  return {
    ledger,
    clock,
    plan,
    senders,
    events,
    async raise(details = {}, subject = 'item 7') {
      const text = JSON.stringify({ ...FAILED, ...details })
      const raised = [{ rule: 'fallos', subject, pipeline: 'visitas', details: text, routes }]
      const { opened } = await changeAlerts(ledger, { ...common, raised, nowMs: clock.nowMs })
      const [row] = opened
      if (row === undefined) throw new Error('open already')
      return row
    },
    async end({ id, details }) {
      const text = JSON.stringify({
        ...(JSON.parse(details) as object),
        end: { how: 'over', state: 'ready' },
      })
      await changeAlerts(ledger, { ...common, ended: [{ id, details: text, routes }], nowMs: clock.nowMs })
    },
    async deliverAfter(ms, on = ledger) {
      clock.nowMs += ms
      const emit = (event: AlertEvent): void => void events.push(event)
      await deliverAlerts({ ledger: on, plan, senders, clock, host: 'nodo-1', rowsOf: options.rowsOf, emit })
    },
    async deliveries() {
      return ledger.db.selectFrom('delivery').orderBy('id').selectAll().execute()
    },
  }
}

function planOf(channel: Channel, more: Partial<AlertOptions> = {}): AlertsPlan {
  const pipeline: Pipeline = {
    kind: 'pipeline',
    name: 'visitas',
    options: {
      states: { failed_system: 'FALLO_SISTEMA' },
      reference: { timezone: 'America/Mexico_City', override: undefined },
    } as unknown as Pipeline['options'],
  }
  const alerts = [alert(rejectRate('5%'), { to: channel, name: 'fallos', ...more })]
  const { issues, ...plan } = compileAlerts({ alerts, pipelines: [pipeline] })
  if (issues.length > 0) throw new Error(JSON.stringify(issues))
  return plan
}

/** Everything the ledger holds of alerts, as one text: no secret may stand in it. */
export async function alertTables(ledger: Ledger): Promise<string> {
  const deliveries = await ledger.db.selectFrom('delivery').selectAll().execute()
  return JSON.stringify([await listAlerts(ledger), deliveries])
}
