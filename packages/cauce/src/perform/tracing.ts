import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type TracerProvider,
} from '@opentelemetry/api'
import type { Clock } from '../model/clock.ts'
import type { ItemState, RowCounts } from '../model/item-state.ts'
import { sha256Hex } from '../model/load-key.ts'
import type { ErrorReport } from '../model/cauce-error.ts'
import type { Stage } from './messages.ts'
import type { Stagehand } from './stagehand.ts'
import type { ItemOutcome, ItemTask } from './task.ts'

const tracer = () => trace.getTracer('cauce')

/** Keys are names of files, and may be about people: traces tell them apart and do not tell them. */
const KEY_HASH_CHARACTERS = 16

interface TracedItem {
  readonly pipeline: string
  readonly key: string
}

function itemAttributes({ pipeline, key }: TracedItem): Attributes {
  return { 'cauce.pipeline': pipeline, 'cauce.item.key_hash': sha256Hex(key).slice(0, KEY_HASH_CHARACTERS) }
}

function rowAttributes({ read, loaded, rejected, skipped }: RowCounts): Attributes {
  return {
    'cauce.rows.read': read,
    'cauce.rows.loaded': loaded,
    'cauce.rows.rejected': rejected,
    'cauce.rows.skipped': skipped,
  }
}

/** A failure by its code: its text may name files. */
function fail(span: Span, { code }: ErrorReport): void {
  span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR, message: code })
}

/** One attempt at an item, as its worker sees it. */
export interface AttemptTrace {
  /** For its task. */
  readonly traceContext: ItemTask['traceContext']
  /** Undefined: it came to no end here. */
  readonly end: (carried: CarriedItem | undefined) => void
}

interface CarriedItem {
  readonly item: { readonly state: ItemState }
  readonly outcome: ItemOutcome
  readonly handedBack: boolean
}

/** Begins the span of an attempt, the parent of its stages. */
export function traceAttempt(
  item: TracedItem & { readonly id: number; readonly runId: string; readonly attempts: number },
): AttemptTrace {
  const span = tracer().startSpan('item', { kind: SpanKind.CONSUMER }, ROOT_CONTEXT)
  span.setAttributes({
    ...itemAttributes(item),
    'cauce.item.id': item.id,
    'cauce.run': item.runId,
    'cauce.attempt': item.attempts,
  })
  const traceContext: Record<string, string> = {}
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), traceContext)
  return {
    traceContext,
    end: (carried) => {
      if (carried !== undefined) {
        const { item: ended, outcome, handedBack } = carried
        span.setAttribute('cauce.state', handedBack ? 'pending' : ended.state)
        span.setAttributes(rowAttributes(outcome.counts))
        if (outcome.error !== undefined) fail(span, outcome.error)
      }
      span.end()
    },
  }
}

/**
 * Carries an item with a span for each of its stages. A stage lasts from its first sign of progress to the next one's, or to where a
 * seat for the next is asked for; what became of the item stands in each, for it is known only at the end.
 */
export async function traceStages(
  task: ItemTask,
  hand: Stagehand,
  carry: (hand: Stagehand) => Promise<ItemOutcome>,
): Promise<ItemOutcome> {
  const parent = propagation.extract(ROOT_CONTEXT, task.traceContext ?? {})
  const stages = new StageSpans(
    parent,
    hand.clock,
    itemAttributes({ pipeline: task.plan.pipeline, key: task.item.entry.key }),
  )
  const traced: Stagehand = {
    ...hand,
    progress: (stage, figures) => {
      stages.enter(stage)
      hand.progress(stage, figures)
    },
    seated: (request, work) => {
      stages.leave('transform')
      return hand.seated(request, work)
    },
  }
  // What the user's own instrumentation sees of drivers stands below the item.
  const outcome = await context.with(parent, () => carry(traced))
  stages.end(outcome)
  return outcome
}

interface StageSpan {
  readonly stage: Stage
  readonly span: Span
  endMs: number | undefined
}

class StageSpans {
  readonly #parent: Context
  readonly #clock: Clock
  readonly #attributes: Attributes
  readonly #spans: StageSpan[] = []

  constructor(parent: Context, clock: Clock, attributes: Attributes) {
    this.#parent = parent
    this.#clock = clock
    this.#attributes = attributes
  }

  enter(stage: Stage): void {
    const last = this.#spans.at(-1)
    if (last?.stage === stage && last.endMs === undefined) return
    const nowMs = this.#clock.now()
    if (last !== undefined) last.endMs ??= nowMs
    const attributes = { ...this.#attributes, 'cauce.stage': stage }
    const span = tracer().startSpan(stage, { startTime: nowMs, attributes }, this.#parent)
    this.#spans.push({ stage, span, endMs: undefined })
  }

  /** Ends a stage, if it is the one under way. */
  leave(stage: Stage): void {
    const last = this.#spans.at(-1)
    if (last?.stage === stage) last.endMs ??= this.#clock.now()
  }

  end({ state, counts, sizeBytes, error }: ItemOutcome): void {
    const nowMs = this.#clock.now()
    const last = this.#spans.at(-1)
    if (error !== undefined && last !== undefined) fail(last.span, error)
    for (const { span, endMs } of this.#spans) {
      span.setAttributes({ 'cauce.state': state, 'cauce.bytes': sizeBytes, ...rowAttributes(counts) })
      span.end(endMs ?? nowMs)
    }
  }
}

/** A collector that does not answer must not keep a process. */
const FLUSH_WITHIN_MS = 2_000

/** Lets go of spans not sent yet, where an SDK holds some; for a process that is about to end at once. Never fails. */
export async function flushTraces(clock: Clock): Promise<void> {
  const provider = trace.getTracerProvider() as TracerProvider & { getDelegate?: () => TracerProvider }
  const sdk: unknown = provider.getDelegate?.() ?? provider
  if (!canFlush(sdk)) return
  const late = new AbortController()
  await Promise.race([
    sdk.forceFlush().catch(() => undefined),
    clock.sleep(FLUSH_WITHIN_MS, late.signal).catch(() => undefined),
  ])
  late.abort()
}

function canFlush(sdk: unknown): sdk is { forceFlush(): Promise<void> } {
  return (
    typeof sdk === 'object' && sdk !== null && 'forceFlush' in sdk && typeof sdk.forceFlush === 'function'
  )
}
