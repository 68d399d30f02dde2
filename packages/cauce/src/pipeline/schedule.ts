import type { MissedPolicy } from '../model/plan.ts'

type Seconds = `${number}s`
type Minutes = `${number}m` | `${number}m${Seconds}` | Seconds
type Hours = `${number}h` | `${number}h${Minutes}` | Minutes
/** `60s`, `5m`, `1h30m`, `1d`; at least one second. */
export type Interval = `${number}d` | `${number}d${Hours}` | Hours

export interface MissedOptions {
  /**
   * What becomes of moments at which no dispatcher was there: `skip` lets them go, `once` makes up for all of them with one
   * firing, `all` with one each. Default `once`.
   */
  readonly missed?: MissedPolicy
}

export interface CronOptions extends MissedOptions {
  /** The zone whose clock is meant, such as America/Mexico_City. Default: that of `reference`, else UTC. */
  readonly timezone?: string
}

export interface AfterOptions {
  /** `done`: the other one's run closed well, with or without rejects. `always`: however it closed. Default `done`. */
  readonly on?: 'done' | 'always'
}

interface CronSchedule extends CronOptions {
  readonly kind: 'cron'
  readonly expression: string
}

interface EverySchedule extends MissedOptions {
  readonly kind: 'every'
  readonly interval: Interval
}

interface AfterSchedule extends AfterOptions {
  readonly kind: 'after'
  readonly pipeline: string
}

interface ManualSchedule {
  readonly kind: 'manual'
}

/** What the clock alone decides, or nobody. */
export type RhythmSchedule = CronSchedule | EverySchedule | ManualSchedule

/** When a pipeline runs by itself. */
export type Schedule = RhythmSchedule | AfterSchedule

/**
 * By the clock on the wall: minute, hour, day of the month, month, day of the week; a sixth field before them is seconds. When
 * clocks are set forward, a time that does not exist comes at the first moment after the gap; when they are set back, a time
 * that comes twice counts once. Only what has `*` or a step in hour, minute or second follows the hours as they pass.
 *
 * @example
 * cron('0 2 * * *', { timezone: 'America/Mexico_City', missed: 'once' })
 */
export function cron(expression: string, options: CronOptions = {}): Schedule & RhythmSchedule {
  return { kind: 'cron', expression, ...options }
}

/** At equal distances counted from 1970-01-01T00:00Z, whenever Cauce was started: `every('5m')` is :00, :05, :10 everywhere. */
export function every(interval: Interval, options: MissedOptions = {}): Schedule & RhythmSchedule {
  return { kind: 'every', interval, ...options }
}

/** Each time a run of another pipeline of the project closes. */
export function after(
  pipeline: string | { readonly kind: 'pipeline'; readonly name: string },
  options: AfterOptions = {},
): Schedule {
  return { kind: 'after', pipeline: typeof pipeline === 'string' ? pipeline : pipeline.name, ...options }
}

/** Only when somebody asks for it. What a pipeline without a schedule does too; said here it is meant. */
export function manual(): Schedule & RhythmSchedule {
  return { kind: 'manual' }
}
