import type { Clock } from '../../model/clock.ts'
import type { Plan } from '../../model/plan.ts'
import type { KeepPolicy } from '../../pipeline/project.ts'
import { dayBounds, dayBefore } from '../../plan/day-bounds.ts'
import { dateInZone } from '../../plan/periods.ts'
import type { ResolvedSettings } from '../../plan/resolve-settings.ts'
import type { ProjectHome } from '../../dispatch/project-home.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { type PrunedLedger, pruneLedger } from '../../ledger/prune-ledger.ts'
import { unclosedDays } from '../../ledger/unclosed-days.ts'
import { oldBackups } from './old-backups.ts'
import { oldLogs } from './old-logs.ts'
import { oldRejectFiles } from './old-reject-files.ts'
import { removeOldQuarantine } from './remove-old-quarantine.ts'
import { type Found, removeAll, type Removal, type Spared } from './removal.ts'

export interface RetentionRequest {
  readonly ledger: Ledger
  readonly home: Pick<ProjectHome, 'logs' | 'rejects' | 'quarantine'>
  readonly plan: Pick<Plan, 'pipeline' | 'reference' | 'archive'>
  readonly settings: Pick<ResolvedSettings, 'backupFolder'>
  /** How long the project keeps its logs, rejects, quarantine and details. */
  readonly keep: KeepPolicy
  readonly clock: Clock
  /** Only says what would go. */
  readonly isDryRun?: boolean
}

/** What went, or would go. */
export interface RetentionResult {
  readonly removed: readonly Removal[]
  readonly removedBytes: number
  /** Old enough, and kept for a reason. */
  readonly spared: readonly Spared[]
  /** What lost its details in the ledger. */
  readonly details: PrunedLedger
}

/**
 * Removes what a pipeline and its project need not keep any longer: logs, backups, rejects, quarantine folders, and details in the
 * ledger, each by its declared number of days. Never what belongs to an item that is not settled; never a file that is not ours by its exact name and
 * by what the ledger says of it. Repeating it is free; any number of processes may do so at once.
 * @throws {CauceError} LEDGER_FAILED; files that cannot be removed are in `spared`
 */
export async function applyRetention(request: RetentionRequest): Promise<RetentionResult> {
  const { ledger, home, plan, settings, keep, isDryRun = false } = request
  const { pipeline } = plan
  const limit = (days: number | undefined): Limit | undefined => limitOf(request, days)
  const backups = limit(plan.archive.keepDays)
  const [logs, rejects, details] = [limit(keep.logsDays), limit(keep.rejectsDays), limit(keep.detailsDays)]
  const found: Found[] = []
  if (logs !== undefined) found.push(await oldLogs(ledger, home.logs, logs))
  if (backups !== undefined && settings.backupFolder !== undefined)
    found.push(await oldBackups(ledger, { folder: settings.backupFolder, pipeline }, backups))
  if (rejects !== undefined)
    found.push(await oldRejectFiles(ledger, { folder: home.rejects, pipeline }, rejects))
  const files = await removeAll(found, isDryRun)
  const quarantine = limit(keep.quarantineDays)
  const folders =
    quarantine === undefined
      ? { removed: [], spared: [] }
      : await removeOldQuarantine({ ledger, home, pipeline, isDryRun }, quarantine)
  const removed = [...files.removed, ...folders.removed]
  return {
    removed,
    removedBytes: removed.reduce((sum, { bytes }) => sum + bytes, 0),
    spared: [...files.spared, ...folders.spared],
    details: details === undefined ? NOTHING : await pruneDetails(request, details, isDryRun),
  }
}

const NOTHING: PrunedLedger = { items: 0, firings: 0, alerts: 0, workers: 0, runs: 0, days: 0 }

/** Details of a day that was not closed yet are all there is to tell its figures from. */
async function pruneDetails(
  { ledger, plan, clock }: RetentionRequest,
  { timezone, beforeMs }: Limit,
  isDryRun: boolean,
): Promise<PrunedLedger> {
  const { pipeline } = plan
  const [unclosed] = await unclosedDays(ledger, { pipeline, timezone, nowMs: clock.now() })
  const unclosedMs = unclosed === undefined ? beforeMs : dayBounds(unclosed, timezone).fromMs
  const before = Math.min(beforeMs, unclosedMs)
  return pruneLedger(ledger, { before, keepTotals: true, pipeline, isDryRun })
}

/** What lies before this day is old. */
export interface Limit {
  readonly timezone: string
  readonly beforeDay: string
  readonly beforeMs: number
}

function limitOf({ plan, clock }: RetentionRequest, days: number | undefined): Limit | undefined {
  if (days === undefined) return undefined
  const { timezone } = plan.reference
  let beforeDay = dateInZone(clock.now(), timezone)
  for (let count = 0; count < days; count++) beforeDay = dayBefore(beforeDay)
  return { timezone, beforeDay, beforeMs: dayBounds(beforeDay, timezone).fromMs }
}
