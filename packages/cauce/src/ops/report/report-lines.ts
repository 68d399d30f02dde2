import type { Speaker } from '../../model/speaker.ts'
import type { DayFigures, FileFigures } from '../../ledger/day-figures.ts'
import type { MonthFigures } from '../../ledger/month-figures.ts'
import { type DayReport, isFinal, type ReportedArchive } from './day-report.ts'
import { reportCounts, reportWords } from './report-words.ts'

/** `45 of 46 files loaded (97.8 %)`. */
export function successLine(files: FileFigures, speaker: Speaker): string {
  const line = filesLine(files, speaker)
  return files.successRate === null ? line : `${line} (${speaker.figures.percent(files.successRate)})`
}

/** `45 of 46 files loaded`. */
export function filesLine({ loaded, failed, successRate }: FileFigures, { say, figures }: Speaker): string {
  if (successRate === null) return say(reportWords.noFiles)
  const tried = figures.count(loaded + failed)
  return say(reportWords.successHint, { loaded: figures.count(loaded), tried })
}

/** `1,234 rows read`. */
export function rowsLine(read: number, { say, count }: Speaker): string {
  return `${count(reportCounts.rows, read)} ${say(reportWords.read)}`
}

/** Whether these are the figures of a day that is over and closed. */
export function dayStatus(report: DayReport, { say, figures }: Speaker): string {
  const { timezone, takenMs, untilMs } = report.figures
  const { closedMs } = report
  if (closedMs !== null && isFinal(report))
    return say(reportWords.closed, { moment: figures.momentIn(closedMs, timezone) })
  const word = takenMs < untilMs ? reportWords.provisional : reportWords.live
  return say(word, { moment: figures.momentIn(takenMs, timezone) })
}

export function retriesLine({ retries }: Pick<DayFigures, 'retries'>, { say, count }: Speaker): string {
  if (retries.tries === 0) return say(reportWords.noRetries)
  return say(reportWords.retriesLine, {
    tries: count(reportCounts.retries, retries.tries),
    files: count(reportCounts.files, retries.items),
  })
}

export function replaysLine(
  { replays }: Pick<DayFigures, 'replays'>,
  { say, count, figures }: Speaker,
): string {
  return say(reportWords.replaysLine, {
    items: count(reportCounts.replays, replays.items),
    loaded: figures.count(replays.rows.loaded),
    rejected: figures.count(replays.rows.rejected),
  })
}

/** `46 files, 1.2 MB`, as far as it is known. */
export function archiveLine(
  { files, sizeBytes }: ReportedArchive,
  { count, figures }: Speaker,
): readonly string[] {
  const known = [
    ...(files === undefined ? [] : [count(reportCounts.files, files)]),
    ...(sizeBytes === undefined ? [] : [figures.bytes(sizeBytes)]),
  ]
  return known.length === 0 ? [] : [known.join(', ')]
}

/** When the figures were taken, and what a star at a day means. */
export function monthStatus({ timezone, takenMs, days }: MonthFigures, { say, figures }: Speaker): string {
  const taken = say(reportWords.waitingAsOf, { moment: figures.momentIn(takenMs, timezone) })
  const isOpen = days.some(({ closedMs }) => closedMs === null)
  return isOpen ? `${taken} · ${say(reportWords.starred)}` : taken
}
