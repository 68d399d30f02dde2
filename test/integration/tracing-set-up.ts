import { appendFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base'

/*
 * What a user writes to set up tracing, loaded by `--import`. Spans go to the file SPANS as they end; with BATCHED=1 in batches, which only
 * a flush at the end of a process lets go of.
 */

/** As much of the API as a set-up needs; ours, for here the SDK may have a copy of its own. */
interface Api {
  readonly trace: {
    setGlobalTracerProvider(provider: unknown): boolean
    getSpanContext(context: unknown): { readonly traceId: string; readonly spanId: string } | undefined
    setSpanContext(context: unknown, spanContext: object): unknown
  }
  readonly propagation: { setGlobalPropagator(propagator: object): boolean }
}

const ours = createRequire(new URL('../../packages/cauce/package.json', import.meta.url))
const { trace, propagation } = ours('@opentelemetry/api') as Api

const seconds = ([whole, nanos]: readonly [number, number]): number => whole + nanos / 1e9

const exporter: SpanExporter = {
  export(spans, done) {
    for (const span of spans) {
      const { name, parentSpanContext, attributes, status, startTime, endTime } = span
      const { traceId, spanId } = span.spanContext()
      const times = { start: seconds(startTime), end: seconds(endTime) }
      const line = {
        pid: process.pid,
        name,
        traceId,
        spanId,
        parent: parentSpanContext?.spanId,
        attributes,
        status,
        ...times,
      }
      appendFileSync(process.env['SPANS'] ?? '', `${JSON.stringify(line)}\n`)
    }
    done({ code: 0 })
  },
  shutdown: async () => undefined,
}

const Processor = process.env['BATCHED'] === '1' ? BatchSpanProcessor : SimpleSpanProcessor
const provider = new BasicTracerProvider({ spanProcessors: [new Processor(exporter)] })
trace.setGlobalTracerProvider(provider)

interface Carrier {
  traceparent?: string
}

propagation.setGlobalPropagator({
  inject(context: unknown, carrier: Carrier) {
    const found = trace.getSpanContext(context)
    if (found !== undefined) carrier.traceparent = `00-${found.traceId}-${found.spanId}-01`
  },
  extract(context: unknown, { traceparent = '' }: Carrier) {
    const [, traceId = '', spanId = ''] = traceparent.split('-')
    return trace.setSpanContext(context, { traceId, spanId, traceFlags: 1, isRemote: true })
  },
  fields: () => ['traceparent'],
})

process.once('beforeExit', () => void provider.shutdown())
