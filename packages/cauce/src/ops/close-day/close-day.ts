import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'
import type { Clock } from '../../model/clock.ts'
import { failpoint } from '../../model/failpoint.ts'
import type { Language } from '../../model/language.ts'
import type { Plan } from '../../model/plan.ts'
import { speakerOf } from '../../model/speaker.ts'
import { toCauceError } from '../../model/to-cauce-error.ts'
import { type DayClose, findDayClose, isClosedForGood, recordDayClose } from '../../ledger/day-close.ts'
import { dayFigures, type DayFigures } from '../../ledger/day-figures.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import type { ResolvedSettings } from '../../plan/resolve-settings.ts'
import type { ProjectHome } from '../../dispatch/project-home.ts'
import { dayDocument } from '../report/day-document.ts'
import { dayHtml } from '../report/day-html.ts'
import { dayMarkdown } from '../report/day-markdown.ts'
import type { DayReport } from '../report/day-report.ts'
import { archiveDay, type ArchivedDay, type DayArchive } from './archive-day.ts'
import { replaceFile } from './durable-file.ts'
import type { LostFile } from './plan-archive.ts'
import { removeDrafts } from '../../perform/remove-drafts.ts'
import { DAY_FILES } from './day-files.ts'

export interface CloseDayRequest {
  readonly ledger: Ledger
  readonly home: Pick<ProjectHome, 'folder' | 'quarantine'>
  readonly plan: Pick<Plan, 'pipeline' | 'reference' | 'archive' | 'states' | 'report'>
  readonly settings: Pick<ResolvedSettings, 'backupFolder'>
  readonly clock: Clock
  /** yyyy-MM-dd in the pipeline's zone: one that is over, or today. */
  readonly day: string
  /** Of the report's files. Default: the language of the pipeline's load report, else English. */
  readonly language?: Language
}

export interface ClosedDay {
  readonly day: string
  /** The day was over: nothing more can happen on it. */
  readonly isFinal: boolean
  readonly figures: DayFigures
  /** The day's archive, where the pipeline has one and it was made by now. */
  readonly archive: DayArchive | undefined
  /** Files written: Markdown, HTML, JSON. */
  readonly reports: readonly string[]
}

/**
 * Closes a day of a pipeline: its files become one archive where that was declared, its figures are kept in the ledger, its report
 * is written to the home folder. It may be called while the day lasts, after every run, and by any number of processes, again and
 * again: each time what is new is added, and what was done stays as it is. When it fails nothing is lost, and the next call goes
 * on from there.
 * @throws {CauceError} ARCHIVE_UNUSABLE, CONFIG_INVALID, DISK_FULL, BACKUP_FAILED, LEDGER_FAILED, REPORT_FAILED; and BACKUP_MISSING,
 * when everything else was done, for files whose verified copies are gone
 */
export async function closeDay(request: CloseDayRequest): Promise<ClosedDay> {
  const { ledger, plan, clock, day } = request
  const { pipeline, reference } = plan
  const nowMs = clock.now()
  const before = await findDayClose(ledger, { pipeline, day })
  const now = await dayFigures(ledger, { pipeline, day, timezone: reference.timezone, nowMs })
  if (nowMs < now.fromMs) throw new TypeError(`${day} has not begun`)
  const figures = figuresToKeep(before, now)
  const { archive, lost } = await recorded(request, { before, figures, nowMs })
  failpoint('close:before-reports')
  const report: DayReport = { figures, states: plan.states, closedMs: nowMs, archive, lost }
  const folder = reportFolder(request.home, pipeline)
  const reports = await writeReports(request, report, folder).catch((error: unknown) => {
    throw toCauceError(error, { code: 'REPORT_FAILED', details: { path: folder, day } })
  })
  if (lost.length > 0) throw missingCopies(lost, day)
  return { day, isFinal: nowMs >= figures.untilMs, figures, archive, reports }
}

/**
 * A day that was closed for good keeps its figures: since then items of it were tried again on other days, and details may be gone.
 * Unless more ended on it than its close knew.
 */
function figuresToKeep(before: DayClose | undefined, now: DayFigures): DayFigures {
  if (before === undefined || !isClosedForGood(before)) return now
  const ended = ({ files, replays }: DayFigures): number => files.total + replays.items
  return ended(now) > ended(before.figures) ? now : before.figures
}

async function recorded(
  { ledger, home, plan, settings }: CloseDayRequest,
  {
    before,
    figures,
    nowMs,
  }: { readonly before: DayClose | undefined; readonly figures: DayFigures; readonly nowMs: number },
): Promise<ArchivedDay> {
  const { pipeline, archive } = plan
  const close = { pipeline, day: figures.day, closedMs: nowMs, figures }
  const folder = settings.backupFolder
  if (archive.zip === 'daily' && folder !== undefined)
    return archiveDay({
      ledger,
      folder,
      quarantine: home.quarantine,
      before,
      isOver: nowMs >= figures.untilMs,
      close,
    })
  await recordDayClose(ledger, close)
  return { archive: undefined, lost: [] }
}

/** Where the reports of a pipeline are kept. Names of pipelines are letters, digits, _ and - (`checkPlan`). */
function reportFolder({ folder }: Pick<ProjectHome, 'folder'>, pipeline: string): string {
  return join(folder, 'reports', pipeline)
}

async function writeReports(
  { plan, clock, day, language }: CloseDayRequest,
  report: DayReport,
  folder: string,
): Promise<readonly string[]> {
  const speaker = speakerOf(language ?? plan.report?.language ?? 'en')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await removeDrafts(folder, DAY_FILES, clock.now())
  const texts = {
    md: dayMarkdown(report, speaker),
    html: dayHtml(report, speaker),
    json: `${JSON.stringify(dayDocument(report, speaker.language), undefined, 2)}\n`,
  }
  const paths: string[] = []
  for (const [ending, text] of Object.entries(texts)) {
    const path = join(folder, `report_${day.replaceAll('-', '')}.${ending}`)
    await replaceFile(path, text)
    paths.push(path)
  }
  return paths
}

function missingCopies(lost: readonly LostFile[], day: string): CauceError {
  const [first] = lost
  return new CauceError('BACKUP_MISSING', {
    file: first?.key ?? '',
    detail: first?.detail ?? '',
    count: lost.length,
    day,
  })
}
