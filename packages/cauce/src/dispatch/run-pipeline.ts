import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import { failpoint } from '../model/failpoint.ts'
import { WAITING_STATES } from '../model/item-state.ts'
import type { Plan } from '../model/plan.ts'
import { finishRun } from '../ledger/finish-run.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { listItems } from '../ledger/list-items.ts'
import { ownIdentity, type ProcessIdentity } from '../ledger/process-identity.ts'
import { recordPlan } from '../ledger/record-plan.ts'
import { startRun } from '../ledger/start-run.ts'
import type { ItemRow, RunRow } from '../ledger/tables.ts'
import { takeOver } from '../ledger/take-over.ts'
import { dateInZone, plannedCounters } from '../plan/periods.ts'
import type { ResolvedSettings } from '../plan/resolve-settings.ts'
import type { Carried } from './carry-item.ts'
import { clearDrafts } from './clear-drafts.ts'
import { discover } from './discover.ts'
import { tendQuarantine } from './keep-quarantine.ts'
import { LEASE_MS } from './lease.ts'
import { Performer } from './performer.ts'
import { ensureHome, type ProjectHome } from './project-home.ts'
import { clearSpool, openSpool } from './process-spool.ts'
import { quietHandlers } from './quiet-handlers.ts'
import { reportFailures } from './report-failures.ts'
import type { RunContext, RunEvent } from './run-context.ts'
import { SeatKeeper } from './seat-keeper.ts'
import { stopsTheRun, workItems } from './work-items.ts'

export interface RunRequest {
  readonly plan: Plan
  readonly settings: ResolvedSettings
  readonly ledger: Ledger
  readonly home: ProjectHome
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Performers side by side. Default: the machine's cores. */
  readonly jobs?: number | undefined
  /** Finds the run's items; resolves to the ids of the only ones to work on. Default: lists the source, works on all that is due. */
  readonly find?: (context: RunContext) => Promise<readonly number[]>
  readonly emit: (event: RunEvent) => void
}

/** One firing of a pipeline, closed. */
export interface RunResult {
  readonly run: RunRow
  /** What this run carried, in the order it ended. */
  readonly carried: readonly Carried[]
  /** The run's items as the ledger holds them now, then those of earlier runs that wait for a person. */
  readonly items: readonly ItemRow[]
  readonly waiting: readonly ItemRow[]
}

/** How often another process's claims are looked at while we wait for them. */
const HELD_LOOK_MS = 500

/**
 * Runs a pipeline once: takes over what a dead process left, brings counters up to the reference date, discovers, works until
 * nothing is due, reports failures to the destination, and closes the run with its totals.
 * @throws {CauceError} when the run could not begin (source, ledger or declaration); failures of items are in the result
 */
export async function runPipeline(request: RunRequest): Promise<RunResult> {
  const { plan, ledger, home, clock, signal } = request
  await ensureHome(home)
  const owner = await ownIdentity()
  await clearSpool(home, clock.now())
  await clearDrafts(home, request.settings.backupFolder, clock.now())
  await using spool = await openSpool(home, owner)
  await takeOver(ledger, { pipeline: plan.pipeline, nowMs: clock.now() })
  await recordPlan(ledger, { plan, nowMs: clock.now() })
  const run = await startRun(ledger, {
    pipeline: plan.pipeline,
    planHash: plan.hash,
    owner,
    nowMs: clock.now(),
  })
  const context = contextOf(request, owner, run.id)
  const performers = Array.from(
    { length: context.jobs },
    (_, seat) => new Performer(join(spool.folder, `performer_${seat}`), process.env),
  )
  let carried: readonly Carried[] = []
  let finished = false
  try {
    await sweep(context, performers[0])
    const only = request.find === undefined ? undefined : await request.find(context)
    if (only === undefined) await discover(context)
    failpoint('worker:after-discover')
    carried = await workToTheEnd(context, performers, only)
    await reportFailures(context, performers[0])
    await tendQuarantine(context)
    finished = true
  } finally {
    failpoint('worker:before-close')
    await Promise.all(performers.map((performer) => performer.close()))
    const state = signal.aborted ? 'interrupted' : finished ? stateOf(carried) : 'failed'
    await finishRun(ledger, { id: run.id, state, nowMs: clock.now() })
  }
  const items = await listItems(ledger, { pipeline: plan.pipeline, runId: run.id })
  const waiting = (await listItems(ledger, { pipeline: plan.pipeline, states: WAITING_STATES })).filter(
    ({ runId }) => runId !== run.id,
  )
  return {
    run: { ...run, state: signal.aborted ? 'interrupted' : stateOf(carried) },
    carried,
    items,
    waiting,
  }
}

function contextOf(
  { plan, settings, ledger, home, clock, signal, jobs = availableParallelism(), emit }: RunRequest,
  owner: ProcessIdentity,
  runId: string,
): RunContext {
  return {
    plan,
    settings,
    ledger,
    home,
    owner,
    clock,
    signal,
    runId,
    referenceDate: settings.referenceDate ?? dateInZone(clock.now(), plan.reference.timezone),
    jobs,
    seats: new SeatKeeper(ledger, owner, clock),
    handBackPauseMs: 0,
    emit,
  }
}

/** Works until nothing is due, nothing is held by a dead process, and nothing has tries left. Each item's last end counts. */
async function workToTheEnd(
  context: RunContext,
  performers: readonly Performer[],
  only: readonly number[] | undefined,
): Promise<readonly Carried[]> {
  const ends = [...(await workItems(context, performers, only))]
  ends.push(...(await workOnHeld(context, performers, only)))
  if (!ends.some(stopsTheRun)) ends.push(...(await workOnRetries(context, performers, only)))
  return [...new Map(ends.map((end) => [end.item.id, end])).values()]
}

/** Items of processes that may be dead are waited for, as long as one lease, and taken when it runs out. */
async function workOnHeld(
  context: RunContext,
  performers: readonly Performer[],
  only: readonly number[] | undefined,
): Promise<readonly Carried[]> {
  const { ledger, plan, clock, signal, emit } = context
  const deadlineMs = clock.now() + LEASE_MS + HELD_LOOK_MS
  const carried: Carried[] = []
  let announced = false
  while (!signal.aborted && clock.now() < deadlineMs) {
    const found = await takeOver(ledger, { pipeline: plan.pipeline, nowMs: clock.now() })
    const held = found.held.filter(({ id }) => only === undefined || only.includes(id))
    if (found.released.length > 0 || announced) carried.push(...(await workItems(context, performers, only)))
    if (held.length === 0) break
    if (!announced)
      emit({
        kind: 'held-elsewhere',
        items: held,
        untilMs: Math.max(...held.map(({ leaseUntilMs }) => leaseUntilMs ?? 0)),
      })
    announced = true
    await clock.sleep(HELD_LOOK_MS, signal).catch(() => undefined)
  }
  return carried
}

/** Items that failed and have tries left come back in this run: it waits until each has loaded or used up its tries. */
async function workOnRetries(
  context: RunContext,
  performers: readonly Performer[],
  only: readonly number[] | undefined,
): Promise<readonly Carried[]> {
  const { ledger, plan, runId, clock, signal } = context
  const carried: Carried[] = []
  for (;;) {
    const pending = await listItems(ledger, { pipeline: plan.pipeline, runId, states: ['pending'] })
    const waiting = pending.filter((item) => isToBeRetried(item, context, only))
    if (signal.aborted || waiting.length === 0) return carried
    const firstMs = Math.min(...waiting.map(({ dueMs }) => dueMs))
    await clock.sleep(Math.max(0, firstMs - clock.now()), signal).catch(() => undefined)
    const ends = await workItems(context, performers, only)
    carried.push(...ends)
    if (ends.some(stopsTheRun)) return carried
    // A rival was quicker: what it took is its run's now, what is left comes later.
    if (ends.length === 0) await clock.sleep(HELD_LOOK_MS, signal).catch(() => undefined)
  }
}

/** Whether an item that waits is this run's to try again. */
function isToBeRetried(
  { id, errorClass, roundAttempts, boundHost, cancelMs }: ItemRow,
  { owner }: RunContext,
  only: readonly number[] | undefined,
): boolean {
  const isOurs = boundHost === null || boundHost === owner.host
  const isAsked = only === undefined || only.includes(id)
  return isOurs && isAsked && cancelMs === null && errorClass === 'system' && roundAttempts > 0
}

/** Brings counters by year and month up to the reference date before the first load, also on a day without files. */
async function sweep(context: RunContext, performer: Performer | undefined): Promise<void> {
  const { plan, settings, runId, referenceDate, signal } = context
  if (performer === undefined || plannedCounters(plan).length === 0) return
  const spoolFolder = join(performer.folder, 'sweep')
  const result = await performer.perform(
    {
      kind: 'sweep',
      plan,
      settings,
      run: runId,
      referenceDate,
      referenceIsExplicit: settings.referenceDate !== undefined,
      spoolFolder,
    },
    quietHandlers(context),
    signal,
  )
  await rm(spoolFolder, { recursive: true, force: true })
  if (result.kind === 'failed') throw CauceError.fromReport(result.error)
}

function stateOf(carried: readonly Carried[]): 'done' | 'done_with_rejects' | 'failed' {
  if (carried.some(({ outcome }) => outcome.error !== undefined)) return 'failed'
  return carried.some(({ outcome }) => outcome.counts.rejected > 0) ? 'done_with_rejects' : 'done'
}
