import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import type { Language } from '../model/language.ts'
import {
  claimDeliveries,
  type Delivery,
  type DeliveryEnd,
  type DeliveryScope,
  dueDeliveries,
  endDeliveries,
} from '../ledger/alert-deliveries.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { AlertsPlan } from '../plan/alerts/alert-plan.ts'
import type { AlertEvent } from './alert-event.ts'
import { composeMessage, type RowsOf } from './compose-message.ts'
import { HOLD_MS } from './evaluate-alerts.ts'
import type { Sender, SendResult } from './sender.ts'

export interface DeliverAlertsRequest {
  readonly ledger: Ledger
  readonly plan: AlertsPlan
  readonly senders: readonly Sender[]
  readonly clock: Clock
  /** This machine, for the foot of messages. */
  readonly host: string
  readonly rowsOf?: RowsOf | undefined
  readonly emit?: ((event: AlertEvent) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Longer than any sender takes: nobody else sends what is being sent. */
const CLAIM_MS = 120_000
const FIRST_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 3_600_000
const GIVE_UP_AFTER_MS = 24 * 3_600_000
/** Bounds one message. */
const MOST_IN_ONE = 500
const ERROR_LENGTH = 500

/**
 * Sends what is due, the channels side by side, and writes how it went: delivered, to be tried again after a longer and longer
 * wait, or given up after a day (at once where the same message would be refused again). Any number of processes may do so.
 * What was sent and could not be written, because the process died, is sent again under the same id.
 * @throws {CauceError} of the ledger
 */
export async function deliverAlerts(request: DeliverAlertsRequest): Promise<void> {
  const { ledger, plan, senders, clock } = request
  const scope = scopeOf(plan)
  const due = await dueDeliveries(ledger, { scope, holdMs: HOLD_MS, nowMs: clock.now() })
  await Promise.all(
    [...due].map(async ([channel, ids]) => {
      const sender = senders.find((one) => one.channel === channel)
      await (sender === undefined
        ? giveUpUnsent(request, channel, ids)
        : deliver(request, sender, ids.slice(0, MOST_IN_ONE)))
    }),
  )
}

function scopeOf({ alerts, pipelines }: AlertsPlan): DeliveryScope {
  return {
    channelsOfRule: new Map(alerts.map(({ name, channels }) => [name, channels])),
    pipelines: Object.keys(pipelines),
  }
}

async function deliver(request: DeliverAlertsRequest, sender: Sender, ids: readonly number[]): Promise<void> {
  const { ledger, plan, clock, host, rowsOf, emit, signal } = request
  const deliveries = await claim(request, ids)
  if (deliveries.length === 0) return
  const language = languageOf(plan, sender.channel)
  const message = await composeMessage(deliveries, { plan, language, host, rowsOf })
  const result = await sender.send(message, signal)
  const nowMs = clock.now()
  if (result.kind === 'sent') {
    const end = { kind: 'delivered', error: result.note?.slice(0, ERROR_LENGTH) ?? null } as const
    await endDeliveries(ledger, { deliveries, end, nowMs })
    emit?.({ kind: 'delivered', channel: sender.channel, host: sender.host, messages: deliveries.length })
    return
  }
  await endFailed(request, sender, deliveries, result)
}

async function claim(
  { ledger, clock }: DeliverAlertsRequest,
  ids: readonly number[],
): Promise<readonly Delivery[]> {
  return claimDeliveries(ledger, { ids, claimMs: CLAIM_MS, holdMs: HOLD_MS, nowMs: clock.now() })
}

function languageOf({ channels }: AlertsPlan, channel: string): Language {
  return channels.find(({ name }) => name === channel)?.language ?? 'en'
}

async function endFailed(
  { ledger, clock, emit }: DeliverAlertsRequest,
  { channel, host }: Sender,
  deliveries: readonly Delivery[],
  { error, isFinal, retryAfterMs }: Extract<SendResult, { kind: 'failed' }>,
): Promise<void> {
  const nowMs = clock.now()
  const told = error.message.slice(0, ERROR_LENGTH)
  const isOver = (delivery: Delivery): boolean => isFinal || nowMs - queuedMs(delivery) >= GIVE_UP_AFTER_MS
  const over = deliveries.filter(isOver)
  const rest = deliveries.filter((delivery) => !isOver(delivery))
  if (over.length > 0) {
    const end: DeliveryEnd = { kind: 'given_up', error: told }
    await endDeliveries(ledger, { deliveries: over, end, nowMs })
    emit?.({ kind: 'given-up', channel, error: givenUp({ channel, host, messages: over.length }, error) })
  }
  if (rest.length > 0) {
    // All of them wait for the same moment, to come in one message again.
    const dueMs = nowMs + Math.max(waitMs(rest), Math.min(retryAfterMs ?? 0, LONGEST_WAIT_MS))
    await endDeliveries(ledger, { deliveries: rest, end: { kind: 'again', error: told, dueMs }, nowMs })
    emit?.({ kind: 'undelivered', channel, error, dueMs })
  }
}

function queuedMs({ kind, alert }: Delivery): number {
  return kind === 'resolved' ? (alert.resolvedMs ?? alert.openedMs) : alert.openedMs
}

/** 30 s, 1 min, 2 min, … 1 h, by the one tried least. */
function waitMs(deliveries: readonly Delivery[]): number {
  const tries = Math.min(...deliveries.map(({ attempts }) => attempts))
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 20))
}

/** A channel that is declared and off now, or that cannot be opened: what was queued for it waits a day for its return. */
async function giveUpUnsent(
  request: DeliverAlertsRequest,
  channel: string,
  ids: readonly number[],
): Promise<void> {
  const { ledger, clock, emit } = request
  const nowMs = clock.now()
  const deliveries = await claim(request, ids)
  if (deliveries.length === 0) return
  const error = new CauceError('ALERT_UNREACHABLE', {
    channel,
    host: '–',
    detail: 'the channel is off',
    detalle: 'el canal está apagado',
  })
  const over = deliveries.filter((delivery) => nowMs - queuedMs(delivery) >= GIVE_UP_AFTER_MS)
  const rest = deliveries.filter((delivery) => !over.includes(delivery))
  const told = error.message
  await endDeliveries(ledger, { deliveries: over, end: { kind: 'given_up', error: told }, nowMs })
  const again = { kind: 'again', error: told, dueMs: nowMs + LONGEST_WAIT_MS } as const
  await endDeliveries(ledger, { deliveries: rest, end: again, nowMs })
  if (over.length > 0)
    emit?.({
      kind: 'given-up',
      channel,
      error: givenUp({ channel, host: '–', messages: over.length }, error),
    })
}

function givenUp(
  about: { readonly channel: string; readonly host: string; readonly messages: number },
  { details }: CauceError,
): CauceError {
  const { detail = '', detalle = detail } = details
  return new CauceError('ALERT_GIVEN_UP', { ...about, detail, detalle })
}
