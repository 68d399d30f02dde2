import type { Speaker } from '../../model/speaker.ts'
import type { MonthDay, MonthFigures } from '../../ledger/month-figures.ts'
import { countedStates, stateWord } from './day-report.ts'
import { markdownTable, markdownText } from './markdown.ts'
import type { MonthReport } from './month-document.ts'
import { monthStatus, replaysLine, successLine } from './report-lines.ts'
import { reportWords } from './report-words.ts'

/** A month's report as Markdown (GitHub's, with tables). */
export function monthMarkdown(report: MonthReport, speaker: Speaker): string {
  const { figures } = report
  const { say, figures: write } = speaker
  const title = say(reportWords.monthTitle, { month: write.monthInWords(figures.month) })
  const head = [
    `# ${markdownText(figures.pipeline)}: ${title}`,
    `${monthStatus(figures, speaker)} · ${say(reportWords.zone, { zone: markdownText(figures.timezone) })}`,
  ]
  const body =
    figures.days.length === 0
      ? [say(reportWords.nothingInMonth)]
      : [
          `**${successLine(figures.files, speaker)}**`,
          `## ${say(reportWords.daysTitle)}\n\n${dayTable(report, speaker)}`,
          ...(figures.replays.items === 0
            ? []
            : [`## ${say(reportWords.replays)}\n\n${replaysLine(figures, speaker)}`]),
        ]
  return `${[...head, ...body].join('\n\n')}\n`
}

function dayTable({ figures, states }: MonthReport, { say, figures: write, language }: Speaker): string {
  const shown = countedStates(figures.files.byState).map(({ state }) => state)
  const right = { align: 'right' } as const
  const cells = ({ files, rows }: Pick<MonthDay | MonthFigures, 'files' | 'rows'>): readonly string[] => [
    write.count(files.total),
    ...shown.map((state) => write.count(files.byState[state] ?? 0)),
    ...[rows.read, rows.loaded, rows.rejected, rows.skipped, rows.warnings].map(write.count),
  ]
  return markdownTable(
    [
      { title: say(reportWords.day) },
      { title: say(reportWords.files), ...right },
      ...shown.map((state) => ({ title: markdownText(stateWord(state, states, language)), ...right })),
      { title: say(reportWords.read), ...right },
      { title: say(reportWords.loaded), ...right },
      { title: say(reportWords.rejected), ...right },
      { title: say(reportWords.skipped), ...right },
      { title: say(reportWords.warnings), ...right },
    ],
    [
      ...figures.days.map((day) => [day.closedMs === null ? `${day.day} \\*` : day.day, ...cells(day)]),
      [`**${say(reportWords.total)}**`, ...cells(figures).map((cell) => `**${cell}**`)],
    ],
  )
}
