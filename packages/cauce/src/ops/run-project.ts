import type { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import type { RunState } from '../model/item-state.ts'
import type { Language } from '../model/language.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { openDeclaredSource, type DeclaredSource } from '../connectors/open-declared-source.ts'
import type { RunEvent } from '../dispatch/run-context.ts'
import { runPipeline, type RunResult } from '../dispatch/run-pipeline.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { listRuns } from '../ledger/list-runs.ts'
import { openLedger } from '../ledger/open-ledger.ts'
import { choosePipelines } from './choose-pipelines.ts'
import { readHomeId } from './home-id.ts'
import type { LoadedProject } from './load-project.ts'
import { logRuns } from './log-runs.ts'
import { openProjectLogs } from './project-logs.ts'
import { refuseOtherHome } from './one-home.ts'
import { readyPipeline, type ReadyPipeline } from './ready-pipeline.ts'

export interface ProjectRunRequest {
  readonly project: LoadedProject
  /** Names, in the order to run them; none: all of the project. */
  readonly pipelines: readonly string[]
  /** Performers side by side. Default: the machine's cores. */
  readonly jobs?: number | undefined
  readonly clock: Clock
  /** Aborted: work in hand is rolled back or finished, nothing new begins. */
  readonly signal: AbortSignal
  readonly watcher: RunWatcher
  /** Of the sentences in the logs. Default: English. */
  readonly language?: Language | undefined
}

/** Who looks on while pipelines run. */
export interface RunWatcher {
  readonly began: (pipeline: ReadyPipeline) => void
  readonly saw: (event: RunEvent) => void
  readonly ended: (run: PipelineRun) => void
}

/** One pipeline's run, closed or broken off. */
export interface PipelineRun {
  readonly pipeline: ReadyPipeline
  readonly startedMs: number
  readonly finishedMs: number
  /** Undefined when the run did not get so far as to be recorded. */
  readonly runId: string | undefined
  readonly state: Exclude<RunState, 'running'>
  readonly result: RunResult | undefined
  /** Why the run as a whole broke off; failures of single items are in `result`. */
  readonly error: CauceError | undefined
}

/**
 * Runs pipelines of a project once, one after another. All are checked before the first begins; one that breaks off does not
 * keep the next from running, unless Cauce itself is at fault.
 * @throws {CauceError} before anything ran: PIPELINE_UNKNOWN, DECLARATION_INVALID, CONFIG_INVALID, HOME_NOT_SHARED, LEDGER_FAILED
 */
export async function runProject(request: ProjectRunRequest): Promise<readonly PipelineRun[]> {
  const { project, signal } = request
  const ready = choosePipelines(project, request.pipelines).map((pipeline) =>
    readyPipeline(project, pipeline),
  )
  for (const { settings } of ready) await refuseWrongSource(settings)
  await using ledger = await openLedger(project.ledgerUrl)
  await refuseOtherHome(ledger, {
    folder: project.home.folder,
    homeId: await readHomeId(project.home),
    pipelines: ready.map(({ name }) => name),
    clock: request.clock,
  })
  await using logs = openProjectLogs(project, { clock: request.clock, language: request.language })
  const watcher = logRuns(logs, ready, request)
  const runs: PipelineRun[] = []
  for (const pipeline of ready) {
    if (signal.aborted || runs.at(-1)?.error?.class === 'bug') break
    runs.push(await runOne({ ...request, watcher }, ledger, pipeline))
  }
  return runs
}

/** An address that cannot be right is refused before a destination is touched. Nothing is connected. */
async function refuseWrongSource(declared: DeclaredSource): Promise<void> {
  const source = await openDeclaredSource(declared)
  await source.close()
}

async function runOne(
  { project, jobs, clock, signal, watcher }: ProjectRunRequest,
  ledger: Ledger,
  pipeline: ReadyPipeline,
): Promise<PipelineRun> {
  const startedMs = clock.now()
  const close = (run: Pick<PipelineRun, 'runId' | 'state' | 'result' | 'error'>): PipelineRun => {
    const closed = { ...run, pipeline, startedMs, finishedMs: clock.now() }
    watcher.ended(closed)
    return closed
  }
  watcher.began(pipeline)
  try {
    const result = await runPipeline({
      plan: pipeline.plan,
      settings: pipeline.settings,
      ledger,
      home: project.home,
      clock,
      signal,
      jobs,
      emit: watcher.saw,
    })
    return close({ runId: result.run.id, state: endOf(result), result, error: undefined })
  } catch (caught) {
    const runId = await recordedRun(ledger, pipeline, startedMs)
    if (signal.aborted) return close({ runId, state: 'interrupted', result: undefined, error: undefined })
    const error = toCauceError(caught, { code: 'BUG', details: {} })
    return close({ runId, state: 'failed', result: undefined, error })
  }
}

function endOf({ run: { state } }: RunResult): PipelineRun['state'] {
  return state === 'running' ? 'failed' : state
}

/** The run we had begun when it broke off. */
async function recordedRun(
  ledger: Ledger,
  { name }: ReadyPipeline,
  startedMs: number,
): Promise<string | undefined> {
  // The ledger itself may be what failed: then there is no more to know.
  const runs = await listRuns(ledger, { pipeline: name, limit: 20 }).catch(() => [])
  return runs.find((run) => run.pid === process.pid && run.startedMs >= startedMs)?.id
}
