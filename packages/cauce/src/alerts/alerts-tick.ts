import { hostname } from 'node:os'
import type { Clock } from '../model/clock.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import type { AlertsPlan } from '../plan/alerts/alert-plan.ts'
import type { ResolvedChannels } from '../plan/alerts/resolve-channels.ts'
import type { AlertEvent } from './alert-event.ts'
import { type AlertMemory, newAlertMemory } from './alert-memory.ts'
import type { RowsOf } from './compose-message.ts'
import { deliverAlerts } from './deliver-alerts.ts'
import { evaluateAlerts } from './evaluate-alerts.ts'
import { homeDisk } from './home-disk.ts'
import { openSender } from './open-sender.ts'
import type { Sender } from './sender.ts'

export interface AlertWatchOptions {
  readonly ledger: Ledger
  readonly plan: AlertsPlan
  /** Holds secrets: they go no further than the senders. */
  readonly channels: ResolvedChannels
  readonly clock: Clock
  /** The home folder, whose disk `diskShort` looks at. */
  readonly homeFolder: string
  /** For `includeRows`; absent: messages show no rows. */
  readonly rowsOf?: RowsOf | undefined
  readonly emit: (event: AlertEvent) => void
}

/** What one process keeps for its alerts from tick to tick. */
export interface AlertWatch {
  readonly options: AlertWatchOptions
  readonly senders: readonly Sender[]
  readonly memory: AlertMemory
  readonly host: string
  readonly ending: AbortController
  nextLookMs: number
  delivering: Promise<void> | undefined
  /** Why the last round of messages ended before its time; thrown by the next tick. */
  failure: { readonly error: unknown } | undefined
}

/** How often the ledger is looked at, however often the dispatcher ticks. */
const LOOK_EVERY_MS = 5_000

/** Begins to watch; nothing is looked at or connected to before the first tick. */
export function watchAlerts(options: AlertWatchOptions): AlertWatch {
  const { channels, clock } = options
  return {
    options,
    senders: channels.channels.map((settings) => openSender(settings, { clock })),
    memory: newAlertMemory(),
    host: hostname(),
    ending: new AbortController(),
    nextLookMs: 0,
    delivering: undefined,
    failure: undefined,
  }
}

/**
 * What a dispatcher calls at every tick: evaluates the alerts and sends what is due. Does nothing more than every five seconds,
 * and waits for nobody: messages go out beside it, one round at a time, and their failures are told by `emit`.
 * @throws {CauceError} of the ledger, from evaluating or from the messages since the last tick; the next one does all of it again
 */
export async function alertsTick(watch: AlertWatch): Promise<void> {
  const { options, memory, host, senders } = watch
  const { ledger, plan, channels, clock, homeFolder, rowsOf, emit } = options
  if (plan.alerts.length === 0) return
  const nowMs = clock.now()
  // A clock that was set back must not silence everything until it has come round again.
  if (nowMs < watch.nextLookMs && watch.nextLookMs - nowMs <= LOOK_EVERY_MS) return
  watch.nextLookMs = nowMs + LOOK_EVERY_MS
  const { failure } = watch
  watch.failure = undefined
  if (failure !== undefined) throw failure.error
  const disk = async () => homeDisk(homeFolder, host)
  const changed = await evaluateAlerts({ ledger, rules: plan, clock, disk, off: channels.off, memory })
  for (const alert of changed.opened) emit({ kind: 'opened', alert })
  for (const alert of changed.resolved) emit({ kind: 'resolved', alert })
  if (watch.delivering !== undefined || watch.ending.signal.aborted) return
  const { signal } = watch.ending
  watch.delivering = deliverAlerts({ ledger, plan, senders, clock, host, rowsOf, emit, signal })
    .catch((error: unknown) => {
      watch.failure = { error }
    })
    .finally(() => {
      watch.delivering = undefined
    })
}

/** Waits for messages on their way, at most `graceMs`; then breaks them off, to be sent again by whoever comes next. */
export async function endAlertWatch(watch: AlertWatch, graceMs: number): Promise<void> {
  const { ending, options } = watch
  const waiting = new AbortController()
  const late = options.clock.sleep(graceMs, waiting.signal).then(
    () => ending.abort(),
    () => undefined,
  )
  await watch.delivering
  waiting.abort()
  ending.abort()
  await late
}
