import type { Clock } from '../model/clock.ts'
import { CauceError, type ErrorReport } from '../model/cauce-error.ts'
import type { ItemState } from '../model/item-state.ts'
import type { Plan } from '../model/plan.ts'
import { ruleText } from '../model/rule-texts.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { LogEventName } from '../logs/log-events.ts'
import type { Log, LogFields, Logs } from '../logs/open-logs.ts'
import type { Stage } from '../perform/messages.ts'
import type { ItemOutcome } from '../perform/task.ts'
import { dateInZone } from '../plan/periods.ts'
import type { RunEvent } from './run-context.ts'

/** An item in hand: its log, and how far it is. */
interface Carrying {
  readonly log: Log
  readonly startedMs: number
  stage: Stage | undefined
  stageStartedMs: number
  figures: { readonly bytes: number | undefined; readonly rows: number | undefined }
}

type Plans = readonly Pick<Plan, 'pipeline' | 'states' | 'reference'>[]

/**
 * Writes what runs tell into the logs: the beginnings and ends of items into the orchestrator's, everything about an item into
 * its own, in the folder of the day its attempt began in its pipeline's zone. Call the result with every event.
 */
export function logRunEvents(
  logs: Logs,
  { plans, clock }: { readonly plans: Plans; readonly clock: Clock },
): (pipeline: string, event: RunEvent) => void {
  const writer = new RunEventWriter(logs, plans, clock)
  return (pipeline, event) => writer.see(pipeline, event)
}

class RunEventWriter {
  readonly #logs: Logs
  readonly #plans: Plans
  readonly #clock: Clock
  readonly #inHand = new Map<number, Carrying>()

  constructor(logs: Logs, plans: Plans, clock: Clock) {
    this.#logs = logs
    this.#plans = plans
    this.#clock = clock
  }

  see(pipeline: string, event: RunEvent): void {
    const { orchestrator } = this.#logs
    switch (event.kind) {
      case 'discovered':
        return orchestrator.write('discovered', { pipeline, listed: event.listed, fresh: event.fresh })
      case 'held-elsewhere':
        return orchestrator.write('items-held', {
          pipeline,
          items: event.items.length,
          until: new Date(event.untilMs).toISOString(),
        })
      case 'note':
        return orchestrator.write('note', { pipeline, text: event.text })
      case 'started':
        return this.#begin(event.item)
      case 'progress':
        return this.#progress(event)
      case 'stage-retried':
        this.#inHand.get(event.item.id)?.log.write('stage-retried', {
          run: event.item.runId,
          stage: event.stage,
          try: event.next,
          ...failure(event.error),
        })
        return
      case 'ended':
        return this.#end(event.item, event.outcome)
      case 'handed-back':
        return this.#close(event.item, 'item-handed-back', failure(event.outcome.error))
      case 'to-be-retried':
        return this.#close(event.item, 'item-tried-again', {
          attempt: event.item.attempts,
          attempts: event.attempts,
          until: new Date(event.dueMs).toISOString(),
          ...failure(event.outcome.error),
        })
      case 'quarantined':
        return this.#close(event.item, 'item-quarantined', { folder: event.folder })
      case 'quarantine-failed':
        return this.#close(event.item, 'quarantine-failed', failure(event.error))
      case 'cancelled':
        return this.#close(event.item, 'item-cancelled', {})
    }
  }

  #begin(item: ItemRow): void {
    const nowMs = this.#clock.now()
    const carrying: Carrying = {
      log: this.#logs.item(item, this.#day(item.pipeline, nowMs)),
      startedMs: nowMs,
      stage: undefined,
      stageStartedMs: nowMs,
      figures: { bytes: undefined, rows: undefined },
    }
    this.#inHand.set(item.id, carrying)
    this.#both(item, carrying.log, 'item-started', {
      attempt: item.attempts,
      version: item.version,
      sizeBytes: item.sizeBytes ?? undefined,
    })
  }

  #progress({ item, stage, bytes, rows }: Extract<RunEvent, { kind: 'progress' }>): void {
    const carrying = this.#inHand.get(item.id)
    if (carrying === undefined) return
    if (carrying.stage !== stage) {
      this.#endStage(item, carrying)
      carrying.stage = stage
      carrying.stageStartedMs = this.#clock.now()
      carrying.log.write('stage-started', { run: item.runId, stage })
    } else carrying.log.write('stage-progress', { run: item.runId, stage, sizeBytes: bytes, rows })
    carrying.figures = { bytes: bytes ?? carrying.figures.bytes, rows: rows ?? carrying.figures.rows }
  }

  #endStage({ runId }: ItemRow, carrying: Carrying): void {
    const { stage, stageStartedMs, figures, log } = carrying
    if (stage === undefined) return
    const tookMs = this.#clock.now() - stageStartedMs
    log.write('stage-ended', { run: runId, stage, tookMs, sizeBytes: figures.bytes, rows: figures.rows })
    carrying.figures = { bytes: undefined, rows: undefined }
  }

  #end(item: ItemRow, outcome: ItemOutcome): void {
    const carrying = this.#inHand.get(item.id)
    const { state, error, counts, ruleCounts, notes } = outcome
    const told = { attempt: item.attempts, state, label: this.#label(item.pipeline, state) }
    if (error !== undefined) return this.#close(item, 'item-failed', { ...told, ...failure(error) })
    if (carrying !== undefined) this.#endStage(item, carrying)
    for (const { code, level, rows } of ruleCounts)
      carrying?.log.write('rule-broken', { rule: code, ruleLevel: level, rows, meaning: ruleText(code) })
    for (const text of notes) carrying?.log.write('item-note', { text })
    if (state !== 'ready' && state !== 'ready_with_rejects')
      return this.#close(item, 'item-passed-over', told)
    this.#close(item, 'item-loaded', {
      ...told,
      ...counts,
      tookMs: carrying === undefined ? undefined : this.#clock.now() - carrying.startedMs,
      sizeBytes: outcome.sizeBytes,
      sha256: outcome.sha256,
      load: outcome.loadKey,
      backup: outcome.backup,
    })
  }

  /** The attempt is over: says so in both logs, and lets go of the item. */
  #close(item: ItemRow, event: LogEventName, fields: LogFields): void {
    const carrying = this.#inHand.get(item.id)
    this.#inHand.delete(item.id)
    const nowMs = this.#clock.now()
    const log = carrying?.log ?? this.#logs.item(item, this.#day(item.pipeline, nowMs))
    const stage = carrying?.stage
    this.#both(item, log, event, {
      ...(stage !== undefined && event !== 'item-loaded' && { stage }),
      ...(carrying !== undefined && { tookMs: nowMs - carrying.startedMs }),
      ...fields,
    })
  }

  #both({ id, key, pipeline, runId }: ItemRow, log: Log, event: LogEventName, fields: LogFields): void {
    log.write(event, { run: runId, ...fields })
    this.#logs.orchestrator.write(event, { pipeline, run: runId, item: id, key, ...fields })
  }

  #day(pipeline: string, nowMs: number): string {
    const plan = this.#plans.find((known) => known.pipeline === pipeline)
    return dateInZone(nowMs, plan?.reference.timezone ?? 'UTC')
  }

  #label(pipeline: string, state: ItemState): string {
    return this.#plans.find((known) => known.pipeline === pipeline)?.states[state] ?? state
  }
}

function failure(error: ErrorReport | undefined): LogFields {
  return error === undefined ? {} : { error: CauceError.fromReport(error) }
}
