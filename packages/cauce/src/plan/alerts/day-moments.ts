import { Cron } from 'croner'
import type { DayTime } from './alert-plan.ts'

/** A time of the day that has come, with the same time before and after it; all in ms since 1970 UTC. */
export interface DayMoments {
  readonly previousMs: number
  readonly lastMs: number
  readonly nextMs: number
}

/**
 * The last time it was `day` at `nowMs` or before. Where clocks are set forward over it, the first moment after the gap counts;
 * where they are set back, the first of the two.
 */
export function dayMoments({ hour, minute, timezone, weekdays }: DayTime, nowMs: number): DayMoments {
  const pattern = `${minute} ${hour} * * ${weekdays.length === 0 ? '*' : weekdays.join(',')}`
  const cron = new Cron(pattern, { timezone })
  // What is asked for lies before the reference, and now may be the very moment.
  const [last, previous] = cron.previousRuns(2, new Date(nowMs + 1))
  const next = cron.nextRun(new Date(nowMs))
  if (last === undefined || previous === undefined || next === null)
    throw new TypeError(`"${pattern}" in ${timezone} has no moment around ${nowMs}`)
  return { previousMs: previous.getTime(), lastMs: last.getTime(), nextMs: next.getTime() }
}
