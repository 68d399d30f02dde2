import type { Channel } from './alert-channels.ts'

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** What `onFailure` may be asked to look at: items that failed or wait for a person, and runs that failed. */
export type FailureKind = 'failed_system' | 'failed_layout' | 'refused' | 'run'

interface DayRule {
  /** Time of day, `06:00`. */
  readonly at: string
  readonly timezone: string
  /** Days on which it is looked at. Default: all. */
  readonly days?: readonly Weekday[]
}

/** What to look for. */
export type AlertRule =
  | { readonly kind: 'failure'; readonly of?: readonly FailureKind[] }
  | { readonly kind: 'quarantine' }
  | {
      readonly kind: 'reject_rate'
      readonly over: string
      readonly of: 'file' | 'day'
      readonly minRows?: number
      readonly timezone?: string
    }
  | ({ readonly kind: 'late_start' | 'not_finished' } & DayRule)
  | ({ readonly kind: 'no_files' } & Partial<DayRule>)
  | { readonly kind: 'disk_short'; readonly free: string }

export interface AlertOptions {
  readonly to: Channel | readonly Channel[]
  /** Unique in the project. Default: the rule's kind, after the pipeline's name where a pipeline declares it. */
  readonly name?: string
  /** Only these pipelines of the project. Default: all. */
  readonly pipelines?: readonly string[]
  /** Whether to tell when it is over. Default yes. */
  readonly recovery?: boolean
  /**
   * Rejected rows to show in messages about the rejects of a file, as they stand in it. Default 0: messages hold no row data,
   * which may be personal.
   */
  readonly includeRows?: number
}

/** Something a person wants to be told of, and how. */
export interface Alert extends AlertOptions {
  readonly kind: 'alert'
  readonly rule: AlertRule
}

/**
 * Declares an alert, for `project({ alerts: [ … ] })` or `pipeline('…', { alerts: [ … ] })`.
 *
 * @example
 * alert(onFailure(), { to: slack(secret('SLACK_URL')) })
 */
export function alert(rule: AlertRule, options: AlertOptions): Alert {
  return { kind: 'alert', rule, ...options }
}

/** An item failed (system or layout) or was refused, or a run failed as a whole. Over when it is loaded, or gone. */
export function onFailure(options: { readonly of?: readonly FailureKind[] } = {}): AlertRule {
  return { kind: 'failure', ...options }
}

/** A file was put in quarantine. Over when it is loaded, discarded or gone. */
export function onQuarantine(): AlertRule {
  return { kind: 'quarantine' }
}

/**
 * More rows were rejected than a share of those read: in one file, or in all files of a day together (the day of `timezone`, by
 * default the pipeline's own). Files or days with fewer than `minRows` rows (default 1) are not judged.
 *
 * @example
 * rejectRate('5%', { of: 'day', minRows: 1000 })
 */
export function rejectRate(
  over: `${number}%`,
  options: { readonly of?: 'file' | 'day'; readonly minRows?: number; readonly timezone?: string } = {},
): AlertRule {
  return { kind: 'reject_rate', of: 'file', ...options, over }
}

/** At this time of the day the day's run has not begun: `lateStart('02:15', 'America/Mexico_City')`. */
export function lateStart(
  at: string,
  timezone: string,
  options: { readonly days?: readonly Weekday[] } = {},
): AlertRule {
  return { kind: 'late_start', at, timezone, ...options }
}

/** At this time of the day the day's run has not ended: `notFinishedBy('06:00', 'America/Mexico_City')`. */
export function notFinishedBy(
  at: string,
  timezone: string,
  options: { readonly days?: readonly Weekday[] } = {},
): AlertRule {
  return { kind: 'not_finished', at, timezone, ...options }
}

/**
 * Files were due and none came: a scheduled run found none; or, with a time of the day, none was found since that time of the
 * day before.
 *
 * @example
 * noFiles()
 * noFiles({ at: '06:00', timezone: 'America/Mexico_City', days: ['mon', 'tue', 'wed', 'thu', 'fri'] })
 */
export function noFiles(options?: DayRule): AlertRule {
  return { kind: 'no_files', ...options }
}

/** Less than this is free on the disk of `home`: `diskShort('2GB')`. */
export function diskShort(free: `${number}${'MB' | 'GB' | 'TB'}`): AlertRule {
  return { kind: 'disk_short', free }
}
