import type { AlertEvent } from '../alerts/alert-event.ts'
import type { CauceError } from '../model/cauce-error.ts'
import type { Clock } from '../model/clock.ts'
import type { DispatcherEvent } from '../dispatch/dispatcher-request.ts'
import { logRunEvents } from '../dispatch/log-run-events.ts'
import type { RunEvent } from '../dispatch/run-context.ts'
import type { Logs } from '../logs/open-logs.ts'
import type { LoadedProject } from './load-project.ts'
import type { StandWatcher } from './stand-up.ts'

/** Writes what a standing process does into its logs. */
export function logStanding(
  logs: Logs,
  {
    project,
    clock,
    version,
  }: { readonly project: LoadedProject; readonly clock: Clock; readonly version: string },
): StandWatcher {
  const { orchestrator } = logs
  const sawRun = logRunEvents(logs, { plans: project.pipelines.map(({ plan }) => plan), clock })
  return {
    began: ({ standing, jobs }) =>
      orchestrator.write('process-started', { version, roles: standing.roles.join('+'), jobs }),
    saw: (pipeline, event) => {
      if (!logDispatching(logs, pipeline, event)) sawRun(pipeline, event)
    },
    trouble: (error: CauceError, pipeline) =>
      orchestrator.write(error.class === 'system' ? 'warning' : 'failure', {
        ...(pipeline !== undefined && { pipeline }),
        text: error.message,
        code: error.code,
      }),
    waits: ({ subject, nextTryMs }) =>
      orchestrator.write('process-waits', { what: subject, until: new Date(nextTryMs).toISOString() }),
    alert: (event) => logAlert(logs, event),
    closedDay: (pipeline, { day }) => orchestrator.write('day-closed', { pipeline, day }),
    cleaned: (pipeline, { removed, details }) => {
      if (removed.length > 0)
        orchestrator.write('cleaned', { pipeline, what: 'files', count: removed.length })
      if (details.items > 0)
        orchestrator.write('cleaned', { pipeline, what: 'details', count: details.items })
    },
    stopping: (reason) => orchestrator.write('process-stopping', { reason }),
    ended: () => orchestrator.write('process-ended'),
  }
}

function logAlert({ orchestrator }: Logs, event: AlertEvent): void {
  if (event.kind === 'opened' || event.kind === 'resolved') {
    const { rule, subject, pipeline } = event.alert
    orchestrator.write(event.kind === 'opened' ? 'alert-opened' : 'alert-resolved', {
      ...(pipeline !== null && { pipeline }),
      rule,
      subject,
    })
  } else if (event.kind === 'undelivered' || event.kind === 'given-up')
    orchestrator.write('delivery-failed', { channel: event.channel, error: event.error })
}

/** What only a dispatcher tells; false: somebody else's to tell. */
function logDispatching(
  { orchestrator }: Logs,
  pipeline: string,
  event: DispatcherEvent,
): event is Exclude<DispatcherEvent, RunEvent> {
  if (event.kind === 'fired') {
    const { cause, rhythm, dueMs } = event.firing
    orchestrator.write('firing-started', { pipeline, cause, rhythm, due: new Date(dueMs).toISOString() })
  } else if (event.kind === 'firing-ended') {
    const { state, reason, runId } = event.firing
    if (state === 'failed') orchestrator.write('firing-failed', { pipeline, run: runId ?? undefined, reason })
  } else if (event.kind === 'run-opened')
    orchestrator.write('run-opened', { pipeline, run: event.run.id, cause: event.run.cause })
  else if (event.kind === 'run-closed') {
    const { id, state, items, read, loaded, rejected, skipped, warnings } = event.run
    const totals = { items, read, loaded, rejected, skipped, warnings }
    orchestrator.write('run-closed', { pipeline, run: id, state, ...totals })
  } else return false
  return true
}
