import { pipelineRhythm, type RunEvidence } from '../ledger/alert-run-evidence.ts'
import { dateInZone } from '../plan/periods.ts'
import type { AlertPlan, DayTime } from '../plan/alerts/alert-plan.ts'
import { type DayMoments, dayMoments } from '../plan/alerts/day-moments.ts'
import { runsDueAfter, wasExpected } from './expected-run.ts'
import type { Judge, Look, OpenAlert, Verdict } from './look.ts'

/**
 * `lateStart` and `notFinishedBy`: at a time of the day, the run due since that time of the day before has not begun, or not
 * ended. A run that failed has ended; one that was interrupted has not. Nothing is due of a paused pipeline.
 */
export const judgeTimes: Judge<'late_start' | 'not_finished'> = async (look, alert, open) => {
  const { rule, pipelines } = alert
  const verdicts: Verdict[] = []
  for (const pipeline of pipelines) {
    const moments = momentsOf(look, rule.day)
    const verdict = await judge(look, alert, pipeline, moments, open)
    verdicts.push(...verdict, ...replaced(open, pipeline, subjectOf(pipeline, rule.day, moments)))
  }
  return verdicts
}

async function judge(
  look: Look,
  { name, rule, isNamed }: Parameters<typeof judgeTimes>[1],
  pipeline: string,
  moments: DayMoments,
  open: ReadonlyMap<string, OpenAlert>,
): Promise<readonly Verdict[]> {
  const { ledger, memory, runs } = look
  const subject = subjectOf(pipeline, rule.day, moments)
  const memo = `${name}\n${pipeline}`
  if (memory.wellAtMs.get(memo) === moments.lastMs && !open.has(subject)) return []
  const rhythm = await pipelineRhythm(ledger, pipeline)
  const due = runsDueAfter(runs, rhythm, pipeline, moments.previousMs)
  if (rule.kind === 'late_start' ? due.length > 0 : due.some(hasEnded)) {
    memory.wellAtMs.set(memo, moments.lastMs)
    return open.has(subject) ? [{ kind: 'ended', subject, end: { how: 'over' } }] : []
  }
  if (rhythm.isPaused || !wasExpected(rhythm, moments, isNamed)) return []
  const going = due.find(({ state }) => state === 'running')
  const details = {
    kind: rule.kind,
    day: dateInZone(moments.lastMs, rule.day.timezone),
    at: rule.day.at,
    timezone: rule.day.timezone,
    runId: going?.id ?? null,
    runningSinceMs: going?.startedMs ?? null,
  } as const
  return [{ kind: 'holds', subject, pipeline, details }]
}

function hasEnded({ state }: RunEvidence): boolean {
  return state !== 'running' && state !== 'interrupted'
}

/** The moments of a time of the day around now, worked out once for each time it comes. */
export function momentsOf({ memory, nowMs }: Look, day: DayTime): DayMoments {
  const memo = JSON.stringify(day)
  const known = memory.moments.get(memo)
  if (known !== undefined && known.lastMs <= nowMs && nowMs < known.nextMs) return known
  const moments = dayMoments(day, nowMs)
  memory.moments.set(memo, moments)
  return moments
}

/** How alerts name a pipeline's day: each day is one of its own. */
export function subjectOf(pipeline: string, { timezone }: DayTime, { lastMs }: DayMoments): string {
  return `${pipeline} ${dateInZone(lastMs, timezone)}`
}

/** Alerts of a pipeline about days before: the new day is what counts now. */
export function replaced(
  open: ReadonlyMap<string, OpenAlert>,
  pipeline: AlertPlan['pipelines'][number],
  subject: string,
): readonly Verdict[] {
  return [...open].flatMap(([other, { row }]) =>
    row.pipeline === pipeline && other !== subject
      ? [{ kind: 'ended' as const, subject: other, end: { how: 'replaced' as const } }]
      : [],
  )
}
