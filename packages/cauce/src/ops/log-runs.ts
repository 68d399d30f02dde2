import type { Clock } from '../model/clock.ts'
import { logRunEvents } from '../dispatch/log-run-events.ts'
import type { Logs } from '../logs/open-logs.ts'
import type { ReadyPipeline } from './ready-pipeline.ts'
import { totalsOf } from './run-document.ts'
import type { PipelineRun, RunWatcher } from './run-project.ts'

/** Writes what one-shot runs do into the logs, and passes it on. */
export function logRuns(
  logs: Logs,
  pipelines: readonly ReadyPipeline[],
  { clock, watcher }: { readonly clock: Clock; readonly watcher: RunWatcher },
): RunWatcher {
  const write = logRunEvents(logs, { plans: pipelines.map(({ plan }) => plan), clock })
  let current = ''
  return {
    began: (pipeline) => {
      current = pipeline.name
      watcher.began(pipeline)
    },
    saw: (event) => {
      write(current, event)
      watcher.saw(event)
    },
    ended: (run) => {
      logEnd(logs, run)
      watcher.ended(run)
    },
  }
}

function logEnd({ orchestrator }: Logs, run: PipelineRun): void {
  const { runId, state, result, error, startedMs, finishedMs } = run
  const about = { pipeline: run.pipeline.name, run: runId, state, tookMs: finishedMs - startedMs }
  if (result === undefined) orchestrator.write('run-failed', { ...about, error })
  else
    orchestrator.write('run-closed', {
      ...about,
      ...totalsOf(result.carried.map(({ outcome }) => outcome.counts)),
    })
}
