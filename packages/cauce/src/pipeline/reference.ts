import type { ReferencePlan } from '../model/plan.ts'
import { type SettingInput, toSetting } from './setting.ts'

/** The date that counters by year and month are relative to: the day of the run in a zone, unless given as yyyy-MM-dd. */
export function reference(options: {
  readonly timezone: string
  readonly override?: SettingInput
}): ReferencePlan {
  return {
    timezone: options.timezone,
    override: options.override === undefined ? undefined : toSetting(options.override),
  }
}
