import { parseDuration } from '../../model/duration.ts'
import type { Plan, SchedulePlan } from '../../model/plan.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import type { Schedule } from '../../pipeline/schedule.ts'

/** The rhythms a pipeline declares, in their plan form. */
export function compileSchedules(options: Pipeline['options']): Plan['schedules'] {
  const timezone = options.reference?.timezone ?? 'UTC'
  const { schedule, discover, dispatch } = options
  return {
    ...(schedule === undefined ? {} : { run: compileSchedule(schedule, timezone) }),
    ...(discover === undefined ? {} : { discover: compileSchedule(discover, timezone) }),
    ...(dispatch === undefined ? {} : { dispatch: compileSchedule(dispatch, timezone) }),
  }
}

/** A schedule with nothing left to be guessed; `timezone` is for one that names none. */
function compileSchedule(schedule: Schedule, timezone: string): SchedulePlan {
  switch (schedule.kind) {
    case 'cron': {
      const { kind, expression, missed = 'once' } = schedule
      return { kind, expression, timezone: schedule.timezone ?? timezone, missed }
    }
    case 'every': {
      const { kind, interval, missed = 'once' } = schedule
      return { kind, interval, everyMs: parseDuration(interval) ?? 0, missed }
    }
    case 'after': {
      const { kind, pipeline, on = 'done' } = schedule
      return { kind, pipeline, on }
    }
    case 'manual':
      return { kind: 'manual' }
  }
}
