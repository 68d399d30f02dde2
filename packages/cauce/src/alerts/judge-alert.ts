import type { AlertPlan } from '../plan/alerts/alert-plan.ts'
import { judgeDisk } from './judge-disk.ts'
import { judgeFailedItems, judgeQuarantine } from './judge-items.ts'
import { judgeNoFiles } from './judge-no-files.ts'
import { judgeRejects } from './judge-rejects.ts'
import { judgeFailedRuns } from './judge-runs.ts'
import { judgeTimes } from './judge-times.ts'
import type { Look, OpenAlert, Verdict } from './look.ts'

/** What an alert's rule says of everything it looks at. */
export async function judgeAlert(
  look: Look,
  alert: AlertPlan,
  open: ReadonlyMap<string, OpenAlert>,
): Promise<readonly Verdict[]> {
  const { rule } = alert
  switch (rule.kind) {
    case 'failure': {
      const failure = { ...alert, rule }
      return [...judgeFailedItems(look, failure, open), ...(await judgeFailedRuns(look, failure, open))]
    }
    case 'quarantine':
      return judgeQuarantine(look, { ...alert, rule }, open)
    case 'reject_rate':
      return judgeRejects(look, { ...alert, rule }, open)
    case 'late_start':
    case 'not_finished':
      return judgeTimes(look, { ...alert, rule }, open)
    case 'no_files':
      return judgeNoFiles(look, { ...alert, rule }, open)
    case 'disk_short':
      return judgeDisk(look, { ...alert, rule }, open)
  }
}
