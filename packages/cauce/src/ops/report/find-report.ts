import { stat } from 'node:fs/promises'
import type { Plan } from '../../model/plan.ts'
import { dateInZone } from '../../plan/periods.ts'
import { type DayClose, findDayClose, isClosedForGood } from '../../ledger/day-close.ts'
import { dayFigures } from '../../ledger/day-figures.ts'
import { latestActivity } from '../../ledger/latest-activity.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import { monthFigures } from '../../ledger/month-figures.ts'
import type { DayReport, ReportedArchive } from './day-report.ts'
import type { MonthReport } from './month-document.ts'

/** As much of a plan as reports need. */
export type ReportedPlan = Pick<Plan, 'pipeline' | 'reference' | 'states'>

/** The report of a day: as it was closed, if it was over then; else as the ledger has it now. @throws {CauceError} LEDGER_FAILED */
export async function findDayReport(
  ledger: Ledger,
  plan: ReportedPlan,
  { day, nowMs }: { readonly day: string; readonly nowMs: number },
): Promise<DayReport> {
  const { pipeline, states, reference } = plan
  const close = await findDayClose(ledger, { pipeline, day })
  const figures =
    close !== undefined && isClosedForGood(close)
      ? close.figures
      : await dayFigures(ledger, { pipeline, day, timezone: reference.timezone, nowMs })
  const archive = close && (await reportedArchive(close))
  return { figures, states, closedMs: close?.closedMs ?? null, archive, lost: [] }
}

/** The report of a month. @throws {CauceError} LEDGER_FAILED */
export async function findMonthReport(
  ledger: Ledger,
  plan: ReportedPlan,
  { month, nowMs }: { readonly month: string; readonly nowMs: number },
): Promise<MonthReport> {
  const { pipeline, states, reference } = plan
  const figures = await monthFigures(ledger, { pipeline, month, timezone: reference.timezone, nowMs })
  return { figures, states }
}

/** The last day of a pipeline's zone on which something happened; today, when nothing ever did. */
export async function latestDay(ledger: Ledger, plan: ReportedPlan, nowMs: number): Promise<string> {
  return dateInZone((await latestActivity(ledger, plan.pipeline)) ?? nowMs, plan.reference.timezone)
}

async function reportedArchive({ backup, backupSha256 }: DayClose): Promise<ReportedArchive | undefined> {
  if (backup === null) return undefined
  const found = await stat(backup).catch(() => undefined)
  return { path: backup, sha256: backupSha256, sizeBytes: found?.size, files: undefined }
}
