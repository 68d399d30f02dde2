import type { AlertEvent } from '../alerts/alert-event.ts'
import type { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import type { DispatcherEvent } from '../dispatch/dispatcher-request.ts'
import { clearDrafts } from '../dispatch/clear-drafts.ts'
import { clearSpool } from '../dispatch/process-spool.ts'
import { ensureHome } from '../dispatch/project-home.ts'
import { runDispatcher } from '../dispatch/run-dispatcher.ts'
import { runWorker } from '../dispatch/run-worker.ts'
import { LEASE_MS } from '../dispatch/lease.ts'
import { LateLedger } from '../ledger/late-ledger.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { openLedger } from '../ledger/open-ledger.ts'
import { ownIdentity, type ProcessIdentity } from '../ledger/process-identity.ts'
import type { SchedulingProject } from '../ledger/sync-schedules.ts'
import { takeOver } from '../ledger/take-over.ts'
import { besideDispatcher } from './beside-dispatcher.ts'
import { choosePipelines } from './choose-pipelines.ts'
import type { ClosedDay } from './close-day/close-day.ts'
import { displayLocation } from './display-location.ts'
import { ensureHomeId } from './home-id.ts'
import { keepRegistered } from './keep-registered.ts'
import type { LoadedProject } from './load-project.ts'
import { refuseOtherHome } from './one-home.ts'
import { readyPipeline, type ReadyPipeline } from './ready-pipeline.ts'
import type { RetentionResult } from './retention/apply-retention.ts'
import { Standing, type Waited } from './standing.ts'

/** What a process stands for. */
export type Role = 'dispatcher' | 'worker' | 'server'

export interface StandUpRequest {
  readonly project: LoadedProject
  /** Names; none: all of the project. */
  readonly pipelines: readonly string[]
  readonly roles: readonly Role[]
  /** Performers side by side. */
  readonly jobs: number
  /** Instead of the rhythms declared: all pipelines run at this interval. */
  readonly every: { readonly interval: string; readonly everyMs: number } | undefined
  readonly version: string
  readonly clock: Clock
  /** Aborted: nothing more is begun, what is in hand is finished. */
  readonly stopping: AbortSignal
  /** Aborted: what is in hand is rolled back and handed back. */
  readonly cancelled: AbortSignal
  readonly watcher: StandWatcher
  /** Begun before the ledger is open (until then it answers LEDGER_UNREACHABLE), closed before it is. */
  readonly serve?: ((facts: StandFacts) => Promise<AsyncDisposable>) | undefined
}

/** What stands. */
export interface StandFacts {
  readonly ledger: Ledger
  readonly pipelines: readonly ReadyPipeline[]
  readonly standing: Standing
  readonly jobs: number
  /** There may be work now. */
  readonly wake: () => void
}

export interface StandWatcher {
  readonly began: (facts: StandFacts) => void
  readonly saw: (pipeline: string, event: DispatcherEvent) => void
  readonly trouble: (error: CauceError, pipeline: string | undefined) => void
  readonly waits: (waited: Waited) => void
  readonly alert: (event: AlertEvent) => void
  readonly closedDay: (pipeline: string, day: ClosedDay) => void
  readonly cleaned: (pipeline: string, result: RetentionResult) => void
  readonly stopping: (reason: string) => void
  readonly ended: () => void
}

/** A ledger that is not there yet is looked for again after so long, and then twice as long each time. */
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/**
 * Stands as dispatcher, worker or both until it is told to stop: declarations are checked first, a ledger that cannot be reached
 * yet is waited for. Whatever stands beside it on the same ledger shares the work.
 * @throws {CauceError} before anything stands: DECLARATION_INVALID, CONFIG_INVALID, PIPELINE_UNKNOWN, HOME_NOT_SHARED; later only a bug of ours
 */
export async function standUp(request: StandUpRequest): Promise<void> {
  const { project, clock, stopping, roles, watcher } = request
  const pipelines = choosePipelines(project, request.pipelines)
    .map((pipeline) => readyPipeline(project, pipeline))
    .map((pipeline) => withRhythm(pipeline, request.every))
  const standing = new Standing(clock.now(), roles)
  stopping.addEventListener('abort', () => standing.stops(), { once: true })
  // The server stands before its ledger does: whoever looks is told what is waited for.
  await using ledger = new LateLedger(displayLocation(project.ledgerUrl))
  let wake: () => void = () => undefined
  const facts: StandFacts = { ledger, pipelines, standing, jobs: request.jobs, wake: () => wake() }
  await using beside = new AsyncDisposableStack()
  beside.use(await request.serve?.(facts))
  const opened = await openPatiently(request, standing)
  if (opened === undefined) return
  ledger.arrive(opened)
  await ensureHome(project.home)
  await clearSpool(project.home, clock.now())
  for (const { settings } of pipelines) await clearDrafts(project.home, settings.backupFolder, clock.now())
  await takeOver(ledger, { nowMs: clock.now() })
  const home = { id: await ensureHomeId(project.home), pipelines: pipelines.map(({ name }) => name) }
  // Shown first, then looked: of two that begin at once, one at least sees the other.
  beside.use(await keepRegistered(request, ledger, home))
  await refuseOtherHome(opened, { ...home, homeId: home.id, folder: project.home.folder, clock })
  watcher.began(facts)
  await stand(request, facts, (given) => {
    wake = given
  })
}

async function stand(
  request: StandUpRequest,
  facts: StandFacts,
  onWake: (wake: () => void) => void,
): Promise<void> {
  const { project, roles, jobs, clock, watcher } = request
  const { ledger, pipelines, standing, wake } = facts
  const owner = await ownIdentity()
  // One part that breaks takes the others down with it: half a process looks alive and is not.
  const broken = new AbortController()
  const stopping = AbortSignal.any([request.stopping, broken.signal])
  const shared = { pipelines, ledger, home: project.home, owner, clock }
  const parts: Promise<void>[] = []
  await using beside = roles.includes('dispatcher') ? besideDispatcher(request, facts) : undefined
  if (roles.includes('worker'))
    parts.push(
      runWorker({
        ...shared,
        jobs,
        stopping,
        cancelled: request.cancelled,
        emit: watcher.saw,
        trouble: (error) => watcher.trouble(error, undefined),
        onWake,
      }),
    )
  if (beside !== undefined)
    parts.push(
      runDispatcher({
        ...shared,
        project: schedulingProject(project, owner),
        stopping,
        emit: watcher.saw,
        trouble: watcher.trouble,
        ticked: (nowMs) => standing.ticked(nowMs),
        foundWork: wake,
        besides: beside,
      }),
    )
  for (const part of parts) part.catch(() => broken.abort())
  const ends = await Promise.allSettled(parts)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Without a name of its own, a project is the one that lies there on this machine. */
function schedulingProject(
  { name, folder, pipelines }: LoadedProject,
  { host }: ProcessIdentity,
): SchedulingProject {
  return { id: name ?? `${host}:${folder}`, pipelines: pipelines.map((pipeline) => pipeline.name) }
}

/** The plan keeps its hash: when it runs is nothing to those who carry it out. */
function withRhythm(pipeline: ReadyPipeline, every: StandUpRequest['every']): ReadyPipeline {
  if (every === undefined) return pipeline
  const run = { kind: 'every', missed: 'skip', ...every } as const
  return { ...pipeline, plan: { ...pipeline.plan, schedules: { run } } }
}

/** Undefined: it was told to stop before there was one. */
async function openPatiently(
  { project, clock, stopping, watcher }: StandUpRequest,
  standing: Standing,
): Promise<Ledger | undefined> {
  for (let pauseMs = FIRST_PAUSE_MS; !stopping.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      const ledger = await openLedger(project.ledgerUrl)
      standing.found('ledger')
      return ledger
    } catch (caught) {
      const error = toCauceError(caught, { code: 'BUG', details: {} })
      if (error.class !== 'system') throw error
      watcher.trouble(error, undefined)
      watcher.waits(standing.waitsFor('ledger', { sinceMs: clock.now(), nextTryMs: clock.now() + pauseMs }))
      await clock.sleep(pauseMs, stopping).catch(() => undefined)
    }
  }
  return undefined
}

/** How long a dispatcher may be silent before it counts as stuck. */
export const SILENT_AFTER_MS = LEASE_MS
