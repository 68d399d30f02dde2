import type * as Tracing from './tracing.ts'

/** Where every copy of `@opentelemetry/api` keeps what was registered with it. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

/**
 * What makes spans, where an SDK was set up in this process; undefined: nobody traces. Then not even the API is loaded: that takes 25 ms
 * of CPU in each performer, as much as a small file.
 */
export async function findTracing(): Promise<typeof Tracing | undefined> {
  return REGISTERED in globalThis ? import('./tracing.ts') : undefined
}
