import type { SourcePlan } from '../model/plan.ts'
import { type SettingInput, toSetting } from './setting.ts'

/** Files of a folder: `./folder`, `file:///abs`, `sftp://user@host/path`, `s3://bucket/prefix/`. The glob speaks of paths inside it. */
export function files(location: SettingInput, pattern = '*'): SourcePlan {
  return { location: toSetting(location), pattern }
}
