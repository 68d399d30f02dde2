import { newestFileMs } from '../ledger/alert-evidence.ts'
import { pipelineRhythm, type RunEvidence } from '../ledger/alert-run-evidence.ts'
import type { DayTime } from '../plan/alerts/alert-plan.ts'
import { wasExpected } from './expected-run.ts'
import { momentsOf, replaced, subjectOf } from './judge-times.ts'
import type { Judge, Look, OpenAlert, Verdict } from './look.ts'

/** `noFiles`: after each scheduled run, or at a time of the day. Over when a file comes. */
export const judgeNoFiles: Judge<'no_files'> = async (look, alert, open) => {
  const { name, rule, pipelines, isNamed } = alert
  const verdicts: Verdict[] = []
  for (const pipeline of pipelines)
    verdicts.push(
      ...(rule.day === undefined
        ? await judgeRun(look, { name, pipeline }, open)
        : await judgeDay(look, { name, pipeline, isNamed, day: rule.day }, open)),
    )
  return verdicts
}

async function judgeDay(
  look: Look,
  question: {
    readonly name: string
    readonly pipeline: string
    readonly isNamed: boolean
    readonly day: DayTime
  },
  open: ReadonlyMap<string, OpenAlert>,
): Promise<readonly Verdict[]> {
  const { ledger, memory } = look
  const { name, pipeline, isNamed, day } = question
  const moments = momentsOf(look, day)
  const subject = subjectOf(pipeline, day, moments)
  const before = replaced(open, pipeline, subject)
  const memo = `${name}\n${pipeline}`
  if (memory.wellAtMs.get(memo) === moments.lastMs && !open.has(subject)) return before
  const newestMs = await newestFileMs(ledger, pipeline)
  if (newestMs !== undefined && newestMs > moments.previousMs) {
    memory.wellAtMs.set(memo, moments.lastMs)
    return open.has(subject) ? [...before, { kind: 'ended', subject, end: { how: 'over' } }] : before
  }
  const rhythm = await pipelineRhythm(ledger, pipeline)
  if (rhythm.isPaused || !wasExpected(rhythm, moments, isNamed)) return before
  const { previousMs: sinceMs, lastMs: untilMs } = moments
  const details = { kind: 'no_files', runId: null, sinceMs, untilMs, timezone: day.timezone } as const
  return [...before, { kind: 'holds', subject, pipeline, details }]
}

async function judgeRun(
  { ledger, plan, memory, runs }: Look,
  { name, pipeline }: { readonly name: string; readonly pipeline: string },
  open: ReadonlyMap<string, OpenAlert>,
): Promise<readonly Verdict[]> {
  const [last, earlier] = scheduledRuns(runs, pipeline)
  if (last === undefined) return []
  const subject = `${pipeline} ${last.id}`
  const memo = `${name}\n${pipeline}`
  if (memory.filesOfRun.get(memo) === last.id && !open.has(subject)) return []
  // What was found since the scheduled run before counts, whoever found it.
  const sinceMs = earlier?.finishedMs ?? last.startedMs
  const newestMs = await newestFileMs(ledger, pipeline)
  const before = [...open].flatMap(([other, { row }]) => (row.pipeline === pipeline ? [other] : []))
  if (newestMs !== undefined && newestMs >= sinceMs) {
    memory.filesOfRun.set(memo, last.id)
    return before.map((one) => ({ kind: 'ended', subject: one, end: { how: 'over' } }))
  }
  const details = {
    kind: 'no_files',
    runId: last.id,
    sinceMs,
    untilMs: last.finishedMs ?? last.startedMs,
    timezone: plan.pipelines[pipeline]?.timezone ?? 'UTC',
  } as const
  return [...replaced(open, pipeline, subject), { kind: 'holds', subject, pipeline, details }]
}

/** Runs that the clock began and that closed well, the newest first. */
function scheduledRuns(runs: readonly RunEvidence[], pipeline: string): readonly RunEvidence[] {
  return runs
    .filter(
      ({ pipeline: owner, cause, state }) =>
        owner === pipeline &&
        (cause === 'schedule' || cause === 'missed') &&
        (state === 'done' || state === 'done_with_rejects'),
    )
    .toSorted((one, other) => other.startedMs - one.startedMs)
}
