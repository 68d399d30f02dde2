import { CauceError } from '../model/cauce-error.ts'
import { toCauceError } from '../model/to-cauce-error.ts'
import { adoptPending } from '../ledger/adopt-pending.ts'
import { discardRun } from '../ledger/discard-run.ts'
import { dispatchHeld } from '../ledger/dispatch-held.ts'
import { findRun } from '../ledger/find-run.ts'
import { finishFiring } from '../ledger/finish-firing.ts'
import { finishRun } from '../ledger/finish-run.ts'
import { markDiscovered } from '../ledger/mark-discovered.ts'
import { openNextDay } from '../ledger/open-next-day.ts'
import { renewFiring } from '../ledger/renew-firing.ts'
import { startRun } from '../ledger/start-run.ts'
import type { RunRow } from '../ledger/tables.ts'
import type { StartedFiring } from '../ledger/take-firing.ts'
import { dateInZone } from '../plan/periods.ts'
import type { DispatcherEvent, DispatcherRequest } from './dispatcher-request.ts'
import { discover } from './discover.ts'
import { HEARTBEAT_MS, LEASE_MS } from './lease.ts'
import { retryPauseMs } from './retry-pause.ts'
import type { RunContext } from './run-context.ts'
import type { StandingPipeline } from './run-worker.ts'
import { SeatKeeper } from './seat-keeper.ts'

/**
 * Does what a firing asks for: opens its run, records what its source shows, gives it what waits, and leaves the items to the
 * workers. A source that fails as servers do is tried as often as an item would be. Told of every end; throws what no waiting mends.
 */
export async function beginFiring(
  request: DispatcherRequest,
  pipeline: StandingPipeline,
  firing: StartedFiring,
): Promise<void> {
  const { ledger, clock, stopping, foundWork } = request
  const { plan } = pipeline
  // Looking every few seconds, and finding nothing, is nothing to tell.
  const isQuiet = mayComeToNothing(pipeline, firing)
  const heldBack: DispatcherEvent[] = []
  const emit = (event: DispatcherEvent): void => {
    if (isQuiet) heldBack.push(event)
    else request.emit(plan.pipeline, event)
  }
  const tell = (event: DispatcherEvent): void => {
    for (const held of heldBack.splice(0)) request.emit(plan.pipeline, held)
    request.emit(plan.pipeline, event)
  }
  emit({ kind: 'fired', firing })
  const lost = new AbortController()
  const signal = AbortSignal.any([stopping, lost.signal])
  const keeping = keepFiring(request, firing, lost, signal)
  const end = async (state: 'done' | 'failed', runId: string | undefined, reason?: string): Promise<void> => {
    lost.abort()
    await keeping
    const ended = await finishFiring(ledger, { ...firing, state, runId, reason, nowMs: clock.now() })
    if (ended === undefined) return
    if (state === 'failed') tell({ kind: 'firing-ended', firing: ended })
    else emit({ kind: 'firing-ended', firing: ended })
  }
  let run: RunRow | undefined
  try {
    run = await openRun(request, pipeline, firing)
    const found = await findWork({ ...request, emit: (_name, event) => emit(event) }, pipeline, {
      firing,
      run,
      signal,
    })
    if (found === 0 && isQuiet && (await discardRun(ledger, run.id)))
      return await end('done', undefined, 'nothing to do')
    tell({ kind: 'run-opened', run })
    if (firing.rhythm === 'discover')
      await finishRun(ledger, { id: run.id, state: 'done', nowMs: clock.now() })
    else await markDiscovered(ledger, { id: run.id, nowMs: clock.now() })
    await end('done', run.id)
    foundWork()
  } catch (caught) {
    if (stopping.aborted || lost.signal.aborted) {
      await keeping
      return handBackFiring(request, firing)
    }
    const error = toCauceError(caught, { code: 'BUG', details: {} })
    if (run !== undefined) await finishRun(ledger, { id: run.id, state: 'failed', nowMs: clock.now() })
    await end('failed', run?.id, `${error.code}: ${error.message}`)
    request.trouble(error, plan.pipeline)
    if (error.class === 'bug') throw error
  }
}

/** The run this firing came to before its dispatcher died, or a new one. */
async function openRun(
  { ledger, owner, clock }: DispatcherRequest,
  { plan, settings }: StandingPipeline,
  firing: StartedFiring,
): Promise<RunRow> {
  const earlier = firing.runId === null ? undefined : await findRun(ledger, firing.runId)
  if (earlier?.state === 'running') return earlier
  const run = await startRun(ledger, {
    pipeline: plan.pipeline,
    planHash: plan.hash,
    owner,
    mode: 'dispatched',
    cause: firing.cause,
    referenceDate: settings.referenceDate ?? dateInZone(clock.now(), plan.reference.timezone),
    nowMs: clock.now(),
  })
  // What came to something is gone on with by whoever takes the firing over; the rest is forgotten, and not named.
  if (!mayComeToNothing({ plan, settings }, firing))
    await renewFiring(ledger, { ...firing, runId: run.id, leaseMs: LEASE_MS, nowMs: clock.now() })
  return run
}

/** Looked for every minute, and mostly in vain: such runs are not kept. A nightly one that finds nothing is worth knowing of. */
function mayComeToNothing({ plan }: StandingPipeline, { rhythm, cause }: StartedFiring): boolean {
  return cause === 'schedule' && (rhythm !== 'run' || plan.schedules.run?.kind === 'every')
}

/** Records what the source shows and gives the run what waits for it; resolves to the number of items that are new to it. */
async function findWork(
  request: DispatcherRequest,
  { plan, settings }: StandingPipeline,
  {
    firing,
    run,
    signal,
  }: { readonly firing: StartedFiring; readonly run: RunRow; readonly signal: AbortSignal },
): Promise<number> {
  const { ledger, home, owner, clock, emit } = request
  const facts = { pipeline: plan.pipeline, runId: run.id, planHash: plan.hash, nowMs: clock.now() }
  await adoptPending(ledger, facts)
  let found = 0
  if (firing.rhythm !== 'discover') found += await openNextDay(ledger, { ...facts, days: plan.retry.days })
  if (firing.rhythm === 'dispatch') return found + (await dispatchHeld(ledger, facts))
  const context: RunContext = {
    plan,
    settings,
    ledger,
    home,
    owner,
    clock,
    signal,
    runId: run.id,
    referenceDate: run.referenceDate ?? dateInZone(clock.now(), plan.reference.timezone),
    jobs: 0,
    seats: new SeatKeeper(ledger, owner, clock),
    handBackPauseMs: 0,
    emit: (event) => emit(plan.pipeline, event),
  }
  return found + (await discoverPatiently(context, { held: firing.rhythm === 'discover' }))
}

async function discoverPatiently(context: RunContext, options: { readonly held: boolean }): Promise<number> {
  const { settings, clock, signal } = context
  for (let tries = 1; ; tries++) {
    try {
      return await discover(context, options)
    } catch (caught) {
      if (signal.aborted || !(caught instanceof CauceError)) throw caught
      const pauseMs = retryPauseMs(settings.retry, { id: 0, roundAttempts: tries }, caught)
      if (pauseMs === undefined) throw caught
      context.emit({ kind: 'note', text: caught.message })
      await clock.sleep(pauseMs, signal)
    }
  }
}

/** Renews the firing's lease until the signal aborts; one that was lost aborts the work on it. */
async function keepFiring(
  { ledger, clock }: DispatcherRequest,
  firing: StartedFiring,
  lost: AbortController,
  signal: AbortSignal,
): Promise<void> {
  const isOver = async (): Promise<boolean> =>
    clock.sleep(HEARTBEAT_MS, signal).then(
      () => false,
      () => true,
    )
  while (!(await isOver())) {
    const kept = await renewFiring(ledger, { ...firing, leaseMs: LEASE_MS, nowMs: clock.now() }).catch(
      // A ledger that cannot be written to now may be at the next beat.
      () => true,
    )
    if (!kept) lost.abort()
  }
}

async function handBackFiring({ ledger, clock }: DispatcherRequest, firing: StartedFiring): Promise<void> {
  await renewFiring(ledger, { ...firing, leaseMs: 0, nowMs: clock.now() }).catch(() => false)
}
