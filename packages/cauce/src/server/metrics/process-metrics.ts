import { collectDefaultMetrics, type Registry } from 'prom-client'

/** Gauges with the suffix of counters, which `promtool check metrics` refuses, their parts, and 39 series on spaces of the heap. */
const LEFT_OUT = [
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
  'nodejs_heap_space_size_available_bytes',
  'nodejs_heap_space_size_total_bytes',
  'nodejs_heap_space_size_used_bytes',
]

/** CPU, memory, file descriptors, start time and event loop of this process, under the names every client library uses. */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry })
  for (const name of LEFT_OUT) registry.removeSingleMetric(name)
}
