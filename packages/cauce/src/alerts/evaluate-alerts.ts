import {
  changedItems,
  failingItems,
  isUnsettled,
  type ItemEvidence,
  itemsById,
  transitionBefore,
} from '../ledger/alert-evidence.ts'
import { recentRuns, type RunEvidence } from '../ledger/alert-run-evidence.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import {
  type AlertChanges,
  type AlertRoute,
  type AlertsChanged,
  changeAlerts,
  listAlerts,
} from '../ledger/open-alerts.ts'
import type { AlertRow } from '../ledger/tables.ts'
import type { Clock } from '../model/clock.ts'
import type { AlertPlan, AlertsPlan } from '../plan/alerts/alert-plan.ts'
import { type AlertEnd, storedDetails } from './alert-details.ts'
import { type AlertMemory, newAlertMemory } from './alert-memory.ts'
import { itemOfSubject } from './item-subject.ts'
import { judgeAlert } from './judge-alert.ts'
import type { DiskState, Look, OpenAlert, Verdict } from './look.ts'

export interface EvaluateAlertsRequest {
  readonly ledger: Ledger
  readonly rules: AlertsPlan
  readonly clock: Clock
  /** The disk of `home`; undefined, or an answer of undefined: it cannot be looked at. */
  readonly disk?: (() => Promise<DiskState | undefined>) | undefined
  /** Channels that are not to be used: nothing is queued for them. */
  readonly off?: readonly string[]
  /** Absent: everything is looked at. */
  readonly memory?: AlertMemory
}

/** How long a message waits for others to come along. */
export const HOLD_MS = 10_000
/** How far back the first look goes for what settled while nobody looked. */
const FIRST_LOOK_MS = 24 * 3_600_000
/** How often all that is open is looked at again, to mend what was missed and to say it is still true. */
const FULL_LOOK_EVERY_MS = 5 * 60_000
const DISK_LOOK_EVERY_MS = 30_000
/** No transaction that writes a transition takes longer, by far. */
const OVERLAP_MS = 15_000
const RUNS_KEPT_MS = 48 * 3_600_000
/** Runs are numbered by the clocks of their hosts. */
const RUN_OVERLAP_MS = 10 * 60_000
/** Nobody looks after it: its rule is gone, or its host. */
const FORSAKEN_AFTER_MS = 7 * 24 * 3_600_000

/**
 * Looks at what changed since the last look and opens, keeps and resolves alerts, queueing their messages in the same
 * transaction. Any number of processes may do so over one ledger. Writes nothing when nothing changed; costs what changed, not
 * what there is. @throws {CauceError} of the ledger; the next look finds the same again
 */
export async function evaluateAlerts(request: EvaluateAlertsRequest): Promise<AlertsChanged> {
  const { ledger, rules, clock, off = [], memory = newAlertMemory() } = request
  const nowMs = clock.now()
  // A clock that was set back must not put off the full look.
  const isFull = nowMs >= memory.nextFullMs || memory.nextFullMs - nowMs > FULL_LOOK_EVERY_MS
  const openRows = await listAlerts(ledger, { onlyOpen: true })
  const items = await gatherItems(request, memory, { nowMs, isFull, openRows })
  const look: Look = {
    ledger,
    plan: rules,
    memory,
    nowMs,
    isFull,
    items: items.found,
    goneItems: items.gone,
    runs: await gatherRuns(request, memory, { nowMs, isFull, openRows }),
    disk: await lookAtDisk(request, memory, nowMs),
  }
  const changes: AlertChanges[] = []
  for (const alert of rules.alerts) {
    const open = openOf(alert, openRows)
    const verdicts = await judgeAlert(look, alert, open)
    changes.push(changesOf(verdicts, { alert, open, off, rules, nowMs, isFull }))
  }
  changes.push(forsaken(openRows, rules, nowMs))
  const all: AlertChanges = {
    raised: changes.flatMap(({ raised }) => raised),
    kept: changes.flatMap(({ kept }) => kept),
    ended: changes.flatMap(({ ended }) => ended),
    holdMs: HOLD_MS,
    nowMs,
  }
  const isQuiet = all.raised.length + all.kept.length + all.ended.length === 0
  const changed = isQuiet ? { opened: [], resolved: [] } : await changeAlerts(ledger, all)
  memory.cursor = items.cursor
  if (isFull) memory.nextFullMs = nowMs + FULL_LOOK_EVERY_MS
  return changed
}

interface Moment {
  readonly nowMs: number
  readonly isFull: boolean
  readonly openRows: readonly AlertRow[]
}

interface GatheredItems {
  readonly found: readonly ItemEvidence[]
  readonly gone: ReadonlySet<number>
  readonly cursor: number | undefined
}

/** Items for the rules that look at items. */
async function gatherItems(
  { ledger, rules }: EvaluateAlertsRequest,
  memory: AlertMemory,
  { nowMs, isFull, openRows }: Moment,
): Promise<GatheredItems> {
  const about = rules.alerts.filter(({ rule }) =>
    ['failure', 'quarantine', 'reject_rate'].includes(rule.kind),
  )
  const pipelines = [...new Set(about.flatMap((alert) => alert.pipelines))]
  if (pipelines.length === 0) return { found: [], gone: new Set(), cursor: memory.cursor }
  const cursor = memory.cursor ?? (await transitionBefore(ledger, nowMs - FIRST_LOOK_MS))
  const changed = await changedItems(ledger, { cursor, pipelines, overlapMs: OVERLAP_MS, nowMs })
  if (!isFull) return { found: changed.items, gone: new Set(), cursor: changed.cursor }
  const names = new Set(about.map(({ name }) => name))
  const openIds = openRows.flatMap(({ rule, subject }) => {
    const id = itemOfSubject(subject)
    return id !== undefined && names.has(rule) ? [id] : []
  })
  const ofOpen = await itemsById(ledger, [...new Set(openIds)])
  const present = new Set(ofOpen.map(({ id }) => id))
  const found = [...changed.items, ...(await failingItems(ledger, pipelines)), ...ofOpen]
  return {
    // Read one after the other: what was read last is what is true.
    found: [...new Map(found.map((item) => [item.id, item])).values()].filter((item) => !isUnsettled(item)),
    gone: new Set(openIds.filter((id) => !present.has(id))),
    cursor: changed.cursor,
  }
}

/** Runs for the rules that look at runs. */
async function gatherRuns(
  { ledger, rules }: EvaluateAlertsRequest,
  memory: AlertMemory,
  { nowMs, isFull, openRows }: Moment,
): Promise<readonly RunEvidence[]> {
  const about = rules.alerts.filter(({ rule }) =>
    ['failure', 'late_start', 'not_finished', 'no_files'].includes(rule.kind),
  )
  const pipelines = [...new Set(about.flatMap((alert) => alert.pipelines))]
  const running = [...memory.runs.values()].filter(({ state }) => state === 'running')
  const ofOpen = isFull ? openRows.flatMap(runIdsOf) : []
  const found = await recentRuns(ledger, {
    pipelines,
    sinceMs: nowMs - (isFull ? RUNS_KEPT_MS : RUN_OVERLAP_MS),
    ids: [...new Set([...running.map(({ id }) => id), ...ofOpen])],
  })
  const oldestMs = nowMs - RUNS_KEPT_MS
  const kept = new Set(ofOpen)
  for (const run of found) memory.runs.set(run.id, run)
  for (const [id, { startedMs, state }] of memory.runs)
    if (isFull && startedMs < oldestMs && state !== 'running' && !kept.has(id)) {
      memory.runs.delete(id)
      memory.failedRuns.delete(id)
    }
  return [...memory.runs.values()]
}

function runIdsOf(row: AlertRow): readonly string[] {
  const details = storedDetails(row)
  return details !== undefined && 'runId' in details && details.runId !== null ? [details.runId] : []
}

async function lookAtDisk(
  { rules, disk }: EvaluateAlertsRequest,
  memory: AlertMemory,
  nowMs: number,
): Promise<DiskState | undefined> {
  const isDue = nowMs >= memory.nextDiskMs || memory.nextDiskMs - nowMs > DISK_LOOK_EVERY_MS
  if (disk === undefined || !isDue || !rules.alerts.some(({ rule }) => rule.kind === 'disk_short'))
    return undefined
  memory.nextDiskMs = nowMs + DISK_LOOK_EVERY_MS
  return disk()
}

/** A rule speaks of its own pipelines only: ledgers can be shared, and other projects may use its name. */
function openOf(alert: AlertPlan, rows: readonly AlertRow[]): ReadonlyMap<string, OpenAlert> {
  return new Map(
    rows
      .filter(
        ({ rule, pipeline }) =>
          rule === alert.name && (pipeline === null || alert.pipelines.includes(pipeline)),
      )
      .map((row) => [row.subject, { row, details: storedDetails(row) }]),
  )
}

interface Judged {
  readonly alert: AlertPlan
  readonly open: ReadonlyMap<string, OpenAlert>
  readonly off: readonly string[]
  readonly rules: AlertsPlan
  readonly nowMs: number
  readonly isFull: boolean
}

function changesOf(verdicts: readonly Verdict[], judged: Judged): AlertChanges {
  const { alert, open, nowMs, isFull } = judged
  const routes = routesOf(judged)
  const raised: AlertChanges['raised'][number][] = []
  const kept: AlertChanges['kept'][number][] = []
  const ended: AlertChanges['ended'][number][] = []
  const said = new Set<string>()
  for (const verdict of verdicts) {
    const known = open.get(verdict.subject)
    said.add(verdict.subject)
    if (verdict.kind === 'holds') {
      const details = JSON.stringify(verdict.details)
      const { subject, pipeline } = verdict
      if (known === undefined) raised.push({ rule: alert.name, subject, pipeline, details, routes })
      else if (isStale(known.row, nowMs) || (verdict.isMeasured !== true && known.row.details !== details))
        kept.push({ id: known.row.id, details })
    } else if (known !== undefined) {
      const isTold = verdict.end.how === 'over' && alert.recovery
      ended.push({
        id: known.row.id,
        details: withEnd(known.row, verdict.end),
        routes: isTold ? routes : [],
      })
    }
  }
  // Of a rule that is looked after, what nothing was said about goes on; the disk of another machine is another's to look after.
  if (isFull && alert.rule.kind !== 'disk_short')
    for (const [subject, { row }] of open)
      if (!said.has(subject) && isStale(row, nowMs)) kept.push({ id: row.id })
  return { raised, kept, ended, holdMs: HOLD_MS, nowMs }
}

function isStale({ seenMs }: AlertRow, nowMs: number): boolean {
  return Math.abs(nowMs - seenMs) >= FULL_LOOK_EVERY_MS
}

function withEnd({ details }: AlertRow, end: AlertEnd): string {
  return JSON.stringify({ ...(JSON.parse(details) as object), end })
}

function routesOf({ alert, off, rules }: Judged): readonly AlertRoute[] {
  return rules.channels
    .filter(({ name }) => alert.channels.includes(name) && !off.includes(name))
    .map(({ name, paceMs }) => ({ channel: name, paceMs }))
}

/** Open alerts that nobody has seen to be true for a week: their rule is declared no more, or their host is gone. */
function forsaken(rows: readonly AlertRow[], { alerts }: AlertsPlan, nowMs: number): AlertChanges {
  const isLookedAfter = ({ rule, pipeline }: AlertRow): boolean =>
    alerts.some((alert) => alert.name === rule && pipeline !== null && alert.pipelines.includes(pipeline))
  const ended = rows
    .filter((row) => row.seenMs <= nowMs - FORSAKEN_AFTER_MS && !isLookedAfter(row))
    .map((row) => ({ id: row.id, details: withEnd(row, { how: 'expired' }), routes: [] }))
  return { raised: [], kept: [], ended, holdMs: HOLD_MS, nowMs }
}
