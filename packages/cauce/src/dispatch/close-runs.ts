import { discardRun } from '../ledger/discard-run.ts'
import { finishRun } from '../ledger/finish-run.ts'
import { listFirings } from '../ledger/list-firings.ts'
import { listOpenRuns } from '../ledger/list-open-runs.ts'
import { openItemCount } from '../ledger/open-item-count.ts'
import { isProvenDead } from '../ledger/process-identity.ts'
import { runOutcome } from '../ledger/run-outcome.ts'
import type { RunRow } from '../ledger/tables.ts'
import { dateInZone } from '../plan/periods.ts'
import type { DispatcherRequest } from './dispatcher-request.ts'
import { tendQuarantine } from './keep-quarantine.ts'
import type { Performer } from './performer.ts'
import { reportFailures } from './report-failures.ts'
import type { RunContext } from './run-context.ts'
import type { StandingPipeline } from './run-worker.ts'
import { SeatKeeper } from './seat-keeper.ts'

/** Closes every dispatched run of these pipelines whose items have all come to an end; any dispatcher may, and one does. */
export async function closeRuns(request: DispatcherRequest, performer: Performer): Promise<void> {
  const { pipelines, ledger, clock, emit, besides } = request
  for (const run of await listOpenRuns(ledger, { mode: 'dispatched' })) {
    const pipeline = pipelines.find(({ plan }) => plan.pipeline === run.pipeline)
    if (pipeline === undefined) continue
    if (run.discoveredMs === null) {
      if (await isAbandoned(run, clock.now())) await giveUp(request, run)
      continue
    }
    if ((await openItemCount(ledger, run.id)) > 0) continue
    // Telling twice changes nothing: a report's row is replaced by one that says the same.
    const context = closingContext(request, pipeline, run)
    await reportFailures(context, performer)
    await tendQuarantine({ ...context, signal: atMost(context.signal, TENDING_MOST_MS) })
    const state = await runOutcome(ledger, run.id)
    const closed = await finishRun(ledger, { id: run.id, state, nowMs: clock.now() })
    if (closed === undefined) continue
    emit(run.pipeline, { kind: 'run-closed', run: closed })
    await besides.runClosed(pipeline, closed)
  }
}

/** What is left of it is done when the next run closes: no firing is to wait for a source that is slow. */
const TENDING_MOST_MS = 5_000

function atMost(signal: AbortSignal, ms: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)])
}

/** Of hosts that never come back nothing can be proven; no listing takes so long. */
const LONGEST_DISCOVERY_MS = 6 * 3_600_000

/** Its dispatcher died before all its items were recorded; the firing begins again with another run. */
async function isAbandoned({ host, pid, processStart, startedMs }: RunRow, nowMs: number): Promise<boolean> {
  return nowMs - startedMs > LONGEST_DISCOVERY_MS || (await isProvenDead({ host, pid, start: processStart }))
}

/** What it had recorded is worked on all the same. */
async function giveUp({ ledger, clock }: DispatcherRequest, { id }: RunRow): Promise<void> {
  const going = await listFirings(ledger, { states: ['started'] })
  if (going.some(({ runId }) => runId === id)) return
  if (!(await discardRun(ledger, id)))
    await finishRun(ledger, { id, state: 'interrupted', nowMs: clock.now() })
}

function closingContext(
  { ledger, home, owner, clock, stopping, emit }: DispatcherRequest,
  { plan, settings }: StandingPipeline,
  run: RunRow,
): RunContext {
  return {
    plan,
    settings,
    ledger,
    home,
    owner,
    clock,
    signal: stopping,
    runId: run.id,
    referenceDate: run.referenceDate ?? dateInZone(clock.now(), plan.reference.timezone),
    jobs: 0,
    seats: new SeatKeeper(ledger, owner, clock),
    handBackPauseMs: 0,
    emit: (event) => emit(run.pipeline, event),
  }
}
