import type { Setting } from '../model/plan.ts'
import type { Pipeline } from './pipeline.ts'
import { type SettingInput, env, toSetting } from './setting.ts'

/** What a project folder holds together. */
export interface Project {
  readonly kind: 'project'
  readonly pipelines: readonly Pipeline[]
  readonly ledger: Setting
  readonly home: Setting
}

/** Declares a project; the default export of `cauce.config.ts`. */
export function project(options: {
  readonly pipelines: readonly Pipeline[]
  /** The system of record. Default: `CAUCE_LEDGER`, else `sqlite:` in the home folder. */
  readonly ledger?: SettingInput
  /** Folder for spool, backups, rejects and logs. Default: `CAUCE_HOME`, else `./.cauce`. */
  readonly home?: SettingInput
}): Project {
  return {
    kind: 'project',
    pipelines: options.pipelines,
    ledger: toSetting(options.ledger ?? env('CAUCE_LEDGER', '')),
    home: toSetting(options.home ?? env('CAUCE_HOME', './.cauce')),
  }
}

/** Whether a value is a project, whichever copy of the package declared it. */
export function isProject(value: unknown): value is Project {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'project'
}
