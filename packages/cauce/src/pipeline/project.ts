import type { Setting } from '../model/plan.ts'
import type { Alert } from './alerts.ts'
import type { Pipeline } from './pipeline.ts'
import { type SettingInput, env, toSetting } from './setting.ts'

/** What a project folder holds together. */
export interface Project {
  readonly kind: 'project'
  readonly name: string | undefined
  readonly pipelines: readonly Pipeline[]
  readonly ledger: Setting
  readonly home: Setting
  readonly keep: KeepPolicy
  readonly alerts: readonly Alert[]
}

/** Days after which a project's own files and details go; undefined: never. Nothing goes that is not settled. */
export interface KeepPolicy {
  readonly logsDays: number | undefined
  /** Of the files of rejected rows, which replays need. */
  readonly rejectsDays: number | undefined
  /** Of quarantine folders of items that were loaded, discarded or superseded; those that wait stay. */
  readonly quarantineDays: number | undefined
  /** Of attempts, transitions and counts by rule in the ledger; items and the totals of runs and days stay. */
  readonly detailsDays: number | undefined
}

/** How long something is kept. */
interface KeepOptions {
  readonly keepDays: number
}

const LOGS_KEEP_DAYS = 30

/** Declares a project; the default export of `cauce.config.ts`. */
export function project(options: {
  readonly pipelines: readonly Pipeline[]
  /** Which project it is, where several share a ledger, wherever it lies. Default: its machine and folder. */
  readonly name?: string
  /** The system of record: `sqlite:<path>`, or `postgres://…` for several machines. Default: `CAUCE_LEDGER`, else in the home folder. */
  readonly ledger?: SettingInput
  /** Folder for spool, backups, rejects and logs. Default: `CAUCE_HOME`, else `./.cauce`. */
  readonly home?: SettingInput
  /** Default: 30 days. */
  readonly logs?: KeepOptions
  /** Files of rejected rows. Default: kept for ever. */
  readonly rejects?: KeepOptions
  /** Quarantine folders of items that wait no more. Default: kept for ever. */
  readonly quarantine?: KeepOptions
  /** Attempts, transitions and counts by rule in the ledger. Default: kept for ever. */
  readonly details?: KeepOptions
  /** Who is told of what goes wrong: `alert(onFailure(), { to: mail({ … }) })`. */
  readonly alerts?: readonly Alert[]
}): Project {
  return {
    kind: 'project',
    name: options.name,
    pipelines: options.pipelines,
    ledger: toSetting(options.ledger ?? env('CAUCE_LEDGER', '')),
    home: toSetting(options.home ?? env('CAUCE_HOME', './.cauce')),
    keep: {
      logsDays: options.logs?.keepDays ?? LOGS_KEEP_DAYS,
      rejectsDays: options.rejects?.keepDays,
      quarantineDays: options.quarantine?.keepDays,
      detailsDays: options.details?.keepDays,
    },
    alerts: options.alerts ?? [],
  }
}

/** Whether a value is a project, whichever copy of the package declared it. */
export function isProject(value: unknown): value is Project {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'project'
}
