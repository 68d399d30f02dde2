import { afterEach, expect, test } from 'vitest'
import { findTracing } from './find-tracing.ts'

const REGISTERED = Symbol.for('opentelemetry.js.api.1')
const global = globalThis as Record<symbol, unknown>
const before = global[REGISTERED]

afterEach(() => {
  if (before === undefined) delete global[REGISTERED]
  else global[REGISTERED] = before
})

test('nobody traces until somebody has registered with the API', async () => {
  delete global[REGISTERED]
  expect(await findTracing()).toBeUndefined()
  global[REGISTERED] = { version: '1.9.1' }
  expect(await findTracing()).toHaveProperty('traceStages')
})
