import { Cron } from 'croner'
import type { SchedulePlan } from '../../model/plan.ts'

/**
 * The first moment of a schedule after `afterMs`, in ms since 1970 UTC; undefined: there is none. Pure. Moments of a cron lie on
 * whole seconds, those of an interval on its multiples since 1970 UTC: nothing drifts with when it is asked.
 */
export function nextMoment(spec: SchedulePlan, afterMs: number): number | undefined {
  switch (spec.kind) {
    case 'cron':
      return readCron(spec.expression, spec.timezone).nextRun(new Date(afterMs))?.getTime()
    case 'every':
      return spec.everyMs > 0 ? (Math.floor(afterMs / spec.everyMs) + 1) * spec.everyMs : undefined
    case 'after':
    case 'manual':
      return undefined
  }
}

/**
 * A cron expression, not running. Hours, minutes and seconds without `*` and steps mean times on the clock, lists and ranges
 * too: those in the gap of a spring day come at its end, those that come twice on an autumn day count once.
 * @throws {Error} an expression or zone that is none; its words are not for people
 */
export function readCron(expression: string, timezone: string): Cron {
  return new Cron(expression, { timezone, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' })
}
