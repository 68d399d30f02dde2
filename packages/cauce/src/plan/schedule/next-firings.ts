import type { SchedulePlan } from '../../model/plan.ts'
import { nextMoment } from './next-moment.ts'

/** Every moment of a schedule after `afterMs` and not after `untilMs`, in order, in ms since 1970 UTC; at most `limit`. */
export function nextFirings(
  spec: SchedulePlan,
  afterMs: number,
  untilMs: number,
  limit = Number.POSITIVE_INFINITY,
): readonly number[] {
  const moments: number[] = []
  let momentMs = nextMoment(spec, afterMs)
  while (momentMs !== undefined && momentMs <= untilMs && moments.length < limit) {
    moments.push(momentMs)
    momentMs = nextMoment(spec, momentMs)
  }
  return moments
}
