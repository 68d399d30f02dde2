import { CauceError } from '../model/cauce-error.ts'
import { irreplaceable } from '../plan/check-versions.ts'
import { listedIssues } from '../plan/issue.ts'
import type { LoadedPipeline } from './load-project.ts'

/** @throws {CauceError} RELOAD_REFUSED naming every table whose rows could not be taken out again, and the remedy */
export function assertReloadable({ plan, name, file }: LoadedPipeline): void {
  const issues = irreplaceable(plan)
  if (issues.length > 0)
    throw new CauceError('RELOAD_REFUSED', { pipeline: name, file, ...listedIssues(issues) })
}
