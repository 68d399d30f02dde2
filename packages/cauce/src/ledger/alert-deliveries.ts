import type { ExpressionBuilder } from 'kysely'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { AlertRow, DeliveryRow, LedgerTables } from './tables.ts'

/** A message on its way: one alert, opened or resolved, on one channel. */
export interface Delivery extends DeliveryRow {
  readonly alert: AlertRow
}

/** Which alerts the caller may speak of, and on which channels: ledgers can be shared. */
export interface DeliveryScope {
  readonly channelsOfRule: ReadonlyMap<string, readonly string[]>
  /** Undefined pipelines of alerts are everybody's. */
  readonly pipelines: readonly string[]
}

interface DueRequest {
  readonly scope: DeliveryScope
  /** Deliveries never tried that are due within this time come along with one that is due now. */
  readonly holdMs: number
  readonly nowMs: number
}

/** Bounds what one look at the queue reads; the rest is seen by the next. */
const MOST_LOOKED_AT = 1_000

type OpenColumns = ExpressionBuilder<LedgerTables, 'delivery'>

/** Neither delivered nor given up. */
function isOpen(eb: OpenColumns) {
  return eb.and([eb('delivery.deliveredMs', 'is', null), eb('delivery.givenUpMs', 'is', null)])
}

function isDue(eb: OpenColumns, { holdMs, nowMs }: Pick<DueRequest, 'holdMs' | 'nowMs'>) {
  return eb.or([
    eb('delivery.dueMs', '<=', nowMs),
    eb.and([eb('delivery.attempts', '=', 0), eb('delivery.dueMs', '<=', nowMs + holdMs)]),
  ])
}

/**
 * What may be sent now, by channel; nothing is claimed yet. That an alert is over is not said before it was said that it began,
 * so its message waits while the first one is still to be tried again.
 */
export async function dueDeliveries(
  ledger: Ledger,
  request: DueRequest,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { scope, nowMs } = request
  const rules = [...scope.channelsOfRule.keys()]
  if (rules.length === 0) return new Map()
  const rows = await readLedger(ledger, (db) =>
    db
      .selectFrom('delivery')
      .innerJoin('alert', 'alert.id', 'delivery.alertId')
      .where(isOpen)
      .where((eb) => isDue(eb, request))
      .where('alert.rule', 'in', rules)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('delivery as first')
              .whereRef('first.alertId', '=', 'delivery.alertId')
              .whereRef('first.channel', '=', 'delivery.channel')
              .whereRef('first.id', '<', 'delivery.id')
              .where('first.deliveredMs', 'is', null)
              .where('first.givenUpMs', 'is', null)
              .where('first.attempts', '>', 0)
              .where('first.dueMs', '>', nowMs)
              .select('first.id'),
          ),
        ),
      )
      .orderBy('delivery.id')
      .limit(MOST_LOOKED_AT)
      .select(['delivery.id', 'delivery.channel', 'delivery.dueMs', 'alert.rule', 'alert.pipeline'])
      .execute(),
  )
  const own = rows.filter(
    ({ rule, channel, pipeline }) =>
      (pipeline === null || scope.pipelines.includes(pipeline)) &&
      scope.channelsOfRule.get(rule)?.includes(channel) === true,
  )
  const channels = [...new Set(own.filter(({ dueMs }) => dueMs <= nowMs).map(({ channel }) => channel))]
  return new Map(
    channels.map((channel) => [channel, own.filter((row) => row.channel === channel).map(({ id }) => id)]),
  )
}

/**
 * Takes deliveries for this caller until `nowMs + claimMs`, and counts a try of each: nobody else gets them before. What a rival
 * took meanwhile is left out. `attempts` is the fence of what is told of them afterwards.
 */
export async function claimDeliveries(
  ledger: Ledger,
  request: {
    readonly ids: readonly number[]
    readonly claimMs: number
    readonly holdMs: number
    readonly nowMs: number
  },
): Promise<Delivery[]> {
  const { ids, claimMs, nowMs } = request
  if (ids.length === 0) return []
  const claimed = await writeLedger(ledger, (transaction) =>
    transaction
      .updateTable('delivery')
      .set((eb) => ({ attempts: eb('attempts', '+', 1), dueMs: nowMs + claimMs }))
      .where('id', 'in', ids)
      .where(isOpen)
      .where((eb) => isDue(eb, request))
      .returningAll()
      .execute(),
  )
  if (claimed.length === 0) return []
  const alerts = await readLedger(ledger, (db) =>
    db
      .selectFrom('alert')
      .where(
        'id',
        'in',
        claimed.map(({ alertId }) => alertId),
      )
      .selectAll()
      .execute(),
  )
  const alertOf = new Map(alerts.map((alert) => [alert.id, alert]))
  return claimed
    .flatMap((row) => {
      const alert = alertOf.get(row.alertId)
      return alert === undefined ? [] : [{ ...row, alert }]
    })
    .toSorted((one, other) => one.id - other.id)
}

/** How a try ended. `error`: for people, without secrets. */
export type DeliveryEnd =
  | { readonly kind: 'delivered'; readonly error: string | null }
  | { readonly kind: 'again'; readonly error: string; readonly dueMs: number }
  | { readonly kind: 'given_up'; readonly error: string }

/** Writes how tries ended, of those that nobody took over since. */
export async function endDeliveries(
  ledger: Ledger,
  request: {
    readonly deliveries: readonly Pick<DeliveryRow, 'id' | 'attempts'>[]
    readonly end: DeliveryEnd
    readonly nowMs: number
  },
): Promise<void> {
  const { deliveries, end, nowMs } = request
  await writeLedger(ledger, async (transaction) => {
    for (const { id, attempts } of deliveries)
      await transaction
        .updateTable('delivery')
        .set({
          error: end.error,
          ...(end.kind === 'delivered' && { deliveredMs: nowMs }),
          ...(end.kind === 'given_up' && { givenUpMs: nowMs }),
          ...(end.kind === 'again' && { dueMs: end.dueMs }),
        })
        .where('id', '=', id)
        .where('attempts', '=', attempts)
        .where(isOpen)
        .execute()
  })
}

/** Messages of alerts, by alert, in the order they were queued. */
export async function deliveriesOf(
  ledger: Ledger,
  alertIds: readonly number[],
): Promise<ReadonlyMap<number, readonly DeliveryRow[]>> {
  const rows: DeliveryRow[] = []
  for (let start = 0; start < alertIds.length; start += MOST_LOOKED_AT) {
    const ids = alertIds.slice(start, start + MOST_LOOKED_AT)
    rows.push(
      ...(await readLedger(ledger, (db) =>
        db.selectFrom('delivery').where('alertId', 'in', ids).orderBy('id').selectAll().execute(),
      )),
    )
  }
  return Map.groupBy(rows, ({ alertId }) => alertId)
}
