import { troubleOfRun } from '../ledger/alert-evidence.ts'
import { type FiringEvidence, firingsFailedSince, pipelineRhythm } from '../ledger/alert-run-evidence.ts'
import type { AlertDetails } from './alert-details.ts'
import { reasonOf } from './judge-items.ts'
import type { Judge, Look, OpenAlert, Verdict } from './look.ts'

const LOOK_BACK_MS = 48 * 3_600_000

/** How a pipeline ended last: by a run, or by a firing that never came to one. */
interface LastEnd {
  readonly atMs: number
  readonly isFailed: boolean
  readonly runId: string | null
  readonly reason: string | null
}

/**
 * The run's side of `onFailure`: one alert for each pipeline, from the first run that failed as a whole to the next good one. A
 * run that failed by its items alone opens none: they have their own.
 */
export async function judgeFailedRuns(
  look: Look,
  { rule, pipelines }: Parameters<Judge<'failure'>>[1],
  open: ReadonlyMap<string, OpenAlert>,
): Promise<readonly Verdict[]> {
  if (!rule.of.includes('run')) return []
  const failedFirings = await firingsFailedSince(look.ledger, {
    pipelines,
    sinceMs: look.nowMs - LOOK_BACK_MS,
  })
  const verdicts: Verdict[] = []
  for (const pipeline of pipelines) {
    const end = lastEnd(look, pipeline, failedFirings)
    if (end === undefined) continue
    const subject = `${pipeline} run`
    if (!end.isFailed || (end.runId !== null && !(await tellsMore(look, end.runId, rule.of)))) {
      if (open.has(subject)) verdicts.push({ kind: 'ended', subject, end: { how: 'over' } })
      continue
    }
    const known = open.get(subject)?.details
    const isKnown = known?.kind === 'run_failed' && known.runId === end.runId && known.atMs === end.atMs
    const details = isKnown ? known : await runDetails(look, pipeline, end)
    verdicts.push({ kind: 'holds', subject, pipeline, details })
  }
  return verdicts
}

function lastEnd(
  { runs }: Look,
  pipeline: string,
  failedFirings: readonly FiringEvidence[],
): LastEnd | undefined {
  const ends: LastEnd[] = []
  for (const { id, pipeline: owner, state, finishedMs } of runs) {
    // An interrupted run says nothing of the next.
    if (owner !== pipeline || finishedMs === null || state === 'interrupted') continue
    ends.push({ atMs: finishedMs, isFailed: state === 'failed', runId: id, reason: null })
  }
  for (const { pipeline: owner, finishedMs, dueMs, reason } of failedFirings)
    if (owner === pipeline) ends.push({ atMs: finishedMs ?? dueMs, isFailed: true, runId: null, reason })
  return ends.toSorted((one, other) => one.atMs - other.atMs).at(-1)
}

/** Whether a failed run has no item that tells why. Judged once: later its items move on. */
async function tellsMore({ ledger, memory }: Look, runId: string, of: readonly string[]): Promise<boolean> {
  const known = memory.failedRuns.get(runId)
  if (known !== undefined) return known
  const { failing } = await troubleOfRun(ledger, runId)
  const itemsAreTold = of.length > 1
  const answer = failing === 0 || !itemsAreTold
  memory.failedRuns.set(runId, answer)
  return answer
}

async function runDetails(
  { ledger }: Look,
  pipeline: string,
  { atMs, runId, reason }: LastEnd,
): Promise<AlertDetails> {
  const { example } = runId === null ? { example: undefined } : await troubleOfRun(ledger, runId)
  const { firings } = await pipelineRhythm(ledger, pipeline)
  const firing = runId === null ? undefined : firings.find((one) => one.runId === runId)
  return {
    kind: 'run_failed',
    runId,
    atMs,
    reason: reason ?? firing?.reason ?? null,
    ...(example === undefined ? { errorCode: null, errorDetails: {} } : reasonOf(example)),
  }
}
