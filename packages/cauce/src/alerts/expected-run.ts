import type { PipelineRhythm, RunEvidence } from '../ledger/alert-run-evidence.ts'
import type { DayMoments } from '../plan/alerts/day-moments.ts'

/**
 * Whether something of a pipeline was due between two moments of a time of the day. By its schedule, where it has one that goes
 * by the clock; else of one that was named in the alert it is expected every time, from the first time it was known.
 */
export function wasExpected(
  { schedules, firings, knownSinceMs }: PipelineRhythm,
  { previousMs, lastMs }: DayMoments,
  isNamed: boolean,
): boolean {
  const moments = schedules.flatMap(({ nextMs }) => (nextMs === null ? [] : [nextMs]))
  if (moments.length === 0) return isNamed && knownSinceMs !== undefined && knownSinceMs <= previousMs
  // A moment that no dispatcher has come to yet is due all the same.
  if (moments.some((nextMs) => nextMs <= lastMs)) return true
  return firings.some(({ dueMs }) => dueMs > previousMs && dueMs <= lastMs)
}

/** The runs of a pipeline that belong to the time after a moment: a late run belongs to the time it was due. */
export function runsDueAfter(
  runs: readonly RunEvidence[],
  { firings }: PipelineRhythm,
  pipeline: string,
  afterMs: number,
): readonly RunEvidence[] {
  const dueOf = new Map(firings.map(({ runId, dueMs }) => [runId, dueMs]))
  return runs.filter(
    ({ id, pipeline: owner, startedMs }) => owner === pipeline && (dueOf.get(id) ?? startedMs) > afterMs,
  )
}
