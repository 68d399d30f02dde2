import type { Transaction } from 'kysely'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { AlertRow, DeliveryRow, LedgerTables } from './tables.ts'

/** A way to people, and the least time between two messages on it. */
export interface AlertRoute {
  readonly channel: string
  readonly paceMs: number
}

/** Something found that no alert is open for. */
export interface RaisedAlert {
  readonly rule: string
  readonly subject: string
  readonly pipeline: string | null
  /** JSON. */
  readonly details: string
  readonly routes: readonly AlertRoute[]
}

/** An open alert that is still true. `details`: what is known of it now, where that changed. */
export interface KeptAlert {
  readonly id: number
  readonly details?: string
}

/** An open alert that is over; without routes nobody is told. */
export interface EndedAlert {
  readonly id: number
  readonly details: string
  readonly routes: readonly AlertRoute[]
}

export interface AlertChanges {
  readonly raised: readonly RaisedAlert[]
  readonly kept: readonly KeptAlert[]
  readonly ended: readonly EndedAlert[]
  /** How long a message waits for others to come along. */
  readonly holdMs: number
  readonly nowMs: number
}

/** What a call really changed: rivals may have been faster. */
export interface AlertsChanged {
  readonly opened: readonly AlertRow[]
  readonly resolved: readonly AlertRow[]
}

/**
 * Opens, keeps and resolves alerts and queues their messages, all in one transaction. Any number of callers may find the same at
 * the same time: of a rule and subject one alert is open at most, and each is resolved once.
 */
export async function changeAlerts(ledger: Ledger, changes: AlertChanges): Promise<AlertsChanged> {
  return writeLedger(ledger, async (transaction) => {
    const paces = await dueTimes(transaction, changes)
    const opened: AlertRow[] = []
    const resolved: AlertRow[] = []
    // In one order everywhere: rivals that lock rows in different orders would wait for each other.
    for (const raised of changes.raised.toSorted(byRuleAndSubject)) {
      const alert = await open(transaction, raised, changes.nowMs)
      if (alert === undefined) continue
      opened.push(alert)
      await queue(transaction, alert, 'opened', raised.routes, paces)
    }
    for (const kept of changes.kept.toSorted(byId)) await keep(transaction, kept, changes.nowMs)
    for (const ended of changes.ended.toSorted(byId)) {
      const alert = await resolve(transaction, ended, changes.nowMs)
      if (alert === undefined) continue
      resolved.push(alert)
      await queue(transaction, alert, 'resolved', ended.routes, paces)
    }
    return { opened, resolved }
  })
}

/** Item 2 before item 10: people read them in this order. */
const IN_ORDER = new Intl.Collator('en', { numeric: true })

function byRuleAndSubject(one: RaisedAlert, other: RaisedAlert): number {
  return IN_ORDER.compare(`${one.rule} ${one.subject}`, `${other.rule} ${other.subject}`)
}

function byId(one: { readonly id: number }, other: { readonly id: number }): number {
  return one.id - other.id
}

/** Undefined: it is open already. */
async function open(
  transaction: Transaction<LedgerTables>,
  { rule, subject, pipeline, details }: RaisedAlert,
  nowMs: number,
): Promise<AlertRow | undefined> {
  return transaction
    .insertInto('alert')
    .values({ rule, subject, pipeline, details, openedMs: nowMs, seenMs: nowMs })
    .onConflict((on) => on.columns(['rule', 'subject']).where('resolvedMs', 'is', null).doNothing())
    .returningAll()
    .executeTakeFirst()
}

async function keep(
  transaction: Transaction<LedgerTables>,
  { id, details }: KeptAlert,
  nowMs: number,
): Promise<void> {
  await transaction
    .updateTable('alert')
    .set({ seenMs: nowMs, ...(details !== undefined && { details }) })
    .where('id', '=', id)
    .where('resolvedMs', 'is', null)
    .execute()
}

/** Undefined: somebody else did. */
async function resolve(
  transaction: Transaction<LedgerTables>,
  { id, details }: EndedAlert,
  nowMs: number,
): Promise<AlertRow | undefined> {
  return transaction
    .updateTable('alert')
    .set({ resolvedMs: nowMs, seenMs: nowMs, details })
    .where('id', '=', id)
    .where('resolvedMs', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

async function queue(
  transaction: Transaction<LedgerTables>,
  alert: AlertRow,
  kind: DeliveryRow['kind'],
  routes: readonly AlertRoute[],
  dueTimeOf: ReadonlyMap<string, number>,
): Promise<void> {
  if (routes.length === 0) return
  await transaction
    .insertInto('delivery')
    .values(
      routes.map(({ channel }) => ({ alertId: alert.id, kind, channel, dueMs: dueTimeOf.get(channel) ?? 0 })),
    )
    .onConflict((on) => on.columns(['alertId', 'kind', 'channel']).doNothing())
    .execute()
}

/** When the next message of each channel may go: after the hold, and its pace after the last one. */
async function dueTimes(
  transaction: Transaction<LedgerTables>,
  { raised, ended, holdMs, nowMs }: AlertChanges,
): Promise<ReadonlyMap<string, number>> {
  const routes = [...raised, ...ended].flatMap((change) => change.routes)
  const channels = [...new Set(routes.map(({ channel }) => channel))]
  if (channels.length === 0) return new Map()
  const last = await transaction
    .selectFrom('delivery')
    .where('channel', 'in', channels)
    .groupBy('channel')
    .select(({ fn }) => ['channel', fn.max('deliveredMs').as('deliveredMs')])
    .execute()
  return new Map(
    channels.map((channel) => {
      const paceMs = Math.max(...routes.filter((route) => route.channel === channel).map((one) => one.paceMs))
      const deliveredMs = last.find((one) => one.channel === channel)?.deliveredMs ?? null
      // A clock that was set back must not silence a channel for longer than its pace.
      const afterLastMs = deliveredMs === null ? 0 : Math.min(deliveredMs, nowMs) + paceMs
      return [channel, Math.max(nowMs + holdMs, afterLastMs)]
    }),
  )
}

/** All that is given must hold. */
export interface AlertFilter {
  readonly rules?: readonly string[]
  readonly pipeline?: string
  readonly onlyOpen?: boolean
  /** Only older ones than this: where the page before ended. */
  readonly beforeId?: number
  /** At most so many; absent: all. */
  readonly limit?: number
}

/** Alerts, the newest first. */
export async function listAlerts(ledger: Ledger, filter: AlertFilter = {}): Promise<AlertRow[]> {
  const { rules, pipeline, onlyOpen = false, beforeId, limit } = filter
  // An empty list is no SQL everywhere.
  if (rules?.length === 0) return []
  return readLedger(ledger, (db) => {
    let query = db.selectFrom('alert').orderBy('id', 'desc').selectAll()
    if (onlyOpen) query = query.where('resolvedMs', 'is', null)
    if (rules !== undefined) query = query.where('rule', 'in', rules)
    if (pipeline !== undefined) query = query.where('pipeline', '=', pipeline)
    if (beforeId !== undefined) query = query.where('id', '<', beforeId)
    if (limit !== undefined) query = query.limit(limit)
    return query.execute()
  })
}
