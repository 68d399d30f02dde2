import { LEASE_MS } from '../../dispatch/lease.ts'
import { listFirings } from '../../ledger/list-firings.ts'
import { listWorkers } from '../../ledger/list-workers.ts'
import { listAlerts } from '../../ledger/open-alerts.ts'
import { seatUsage } from '../../ledger/seat-usage.ts'
import { alertDocument, alertSchema } from './alert-document.ts'
import { defined } from './defined.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { FIRING_STATES, firingDocument, firingSchema } from './firing-document.ts'
import { pageFields, pageOf } from './page.ts'
import { workerDocument, workerSchema } from './worker-document.ts'
import { flag, integer, list, named, nullable, object, oneOf, text } from './schema.ts'

const seatSchema = named(
  'Seats',
  object({
    resource: text(),
    held: integer({ description: 'Connections in use; more than the limit only after it was lowered' }),
    limit: integer(),
  }),
)

export const watchEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/workers',
    operation: 'listWorkers',
    summary: 'Processes that dispatch or work, the newest first',
    answer: { status: 200, schema: object({ workers: list(workerSchema) }), description: 'Every process' },
    handle: async ({ ledger }, { nowMs }) => ({
      // Whoever looks first notices the silence.
      workers: (await listWorkers(ledger, { nowMs, leaseMs: LEASE_MS })).map(workerDocument),
    }),
  }),
  endpoint({
    method: 'GET',
    path: '/seats',
    operation: 'listSeats',
    summary: 'Connections in use and allowed at each resource, over all workers',
    answer: { status: 200, schema: object({ seats: list(seatSchema) }), description: 'Every resource' },
    handle: async ({ ledger }) => ({ seats: await seatUsage(ledger) }),
  }),
  endpoint({
    method: 'GET',
    path: '/firings',
    operation: 'listFirings',
    summary: 'Firings of schedules and people, the newest first',
    query: { pipeline: text({ maxLength: 200 }), state: list(oneOf(FIRING_STATES)), ...pageFields },
    answer: {
      status: 200,
      schema: object({ firings: list(firingSchema), next: nullable(integer()) }),
      description: 'A page of firings',
    },
    handle: async ({ ledger }, { query: { pipeline, state, before, limit } }) => {
      const { rows, next } = await pageOf(limit, async (most) =>
        listFirings(ledger, { ...defined({ pipeline, states: state, beforeId: before }), limit: most }),
      )
      return { firings: rows.map(firingDocument), next }
    },
  }),
  endpoint({
    method: 'GET',
    path: '/alerts',
    operation: 'listAlerts',
    summary: 'Alerts, the newest first',
    query: {
      pipeline: text({ maxLength: 200 }),
      open: flag({ description: 'true: open ones only' }),
      ...pageFields,
    },
    answer: {
      status: 200,
      schema: object({ alerts: list(alertSchema), next: nullable(integer()) }),
      description: 'A page of alerts',
    },
    handle: async ({ ledger }, { query: { pipeline, open, before, limit } }) => {
      const { rows, next } = await pageOf(limit, async (most) =>
        listAlerts(ledger, { ...defined({ pipeline, onlyOpen: open, beforeId: before }), limit: most }),
      )
      return { alerts: rows.map(alertDocument), next }
    },
  }),
]
