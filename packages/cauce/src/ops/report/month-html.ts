import type { Speaker } from '../../model/speaker.ts'
import type { MonthDay, MonthFigures } from '../../ledger/month-figures.ts'
import { countedStates, stateWord } from './day-report.ts'
import type { Html } from './html.ts'
import {
  htmlBar,
  htmlCards,
  htmlHeader,
  htmlNote,
  htmlPage,
  htmlSection,
  htmlStack,
  htmlState,
  htmlTable,
  htmlToned,
} from './html-page.ts'
import type { MonthReport } from './month-document.ts'
import { filesLine, monthStatus, replaysLine, rowsLine } from './report-lines.ts'
import { reportWords, toneOf } from './report-words.ts'

/** A month's report as one page for a browser or a printer. */
export function monthHtml(report: MonthReport, speaker: Speaker): string {
  const { figures } = report
  const { say, figures: write, language } = speaker
  const month = say(reportWords.monthTitle, { month: write.monthInWords(figures.month) })
  const foot = say(reportWords.madeBy, { moment: write.momentIn(figures.takenMs, figures.timezone) })
  return htmlPage({ title: `${figures.pipeline}: ${month}`, language, foot }, monthHtmlBody(report, speaker))
}

/** The same without the page around it. */
export function monthHtmlBody(report: MonthReport, speaker: Speaker): readonly Html[] {
  const { figures } = report
  const { say, figures: write } = speaker
  const head = htmlHeader(figures.pipeline, [
    say(reportWords.monthTitle, { month: write.monthInWords(figures.month) }),
    monthStatus(figures, speaker),
    say(reportWords.zone, { zone: figures.timezone }),
  ])
  if (figures.days.length === 0)
    return [head, htmlSection(say(reportWords.daysTitle), htmlNote(say(reportWords.nothingInMonth)))]
  return [head, cards(figures, speaker), statesSection(report, speaker), daysSection(report, speaker)]
}

function cards({ files, rows }: MonthFigures, speaker: Speaker): Html {
  const { say, figures: write } = speaker
  const rate = files.successRate
  return htmlCards([
    { title: say(reportWords.files), value: write.count(files.total), hint: filesLine(files, speaker) },
    {
      title: say(reportWords.success),
      value: rate === null ? '–' : write.percent(rate),
      tone: rate === null ? 'quiet' : files.failed > 0 ? 'bad' : 'good',
    },
    { title: say(reportWords.loaded), value: write.count(rows.loaded), hint: rowsLine(rows.read, speaker) },
    {
      title: say(reportWords.rejected),
      value: write.count(rows.rejected),
      tone: rows.rejected > 0 ? 'warning' : '',
    },
  ])
}

function statesSection({ figures, states }: MonthReport, speaker: Speaker): Html {
  const { say, figures: write, language } = speaker
  const { files, replays } = figures
  const counted = countedStates(files.byState).map(({ state, count }) => ({
    count,
    tone: toneOf(state),
    title: stateWord(state, states, language),
  }))
  const table = htmlTable(
    [
      { title: say(reportWords.state), kind: 'name' },
      { title: say(reportWords.files), kind: 'figure' },
    ],
    counted.map(({ title, count, tone }) => [htmlState(tone, title), write.count(count)]),
    [say(reportWords.total), write.count(files.total)],
  )
  const mended = replays.items === 0 ? undefined : htmlNote(replaysLine(figures, speaker))
  return htmlSection(say(reportWords.filesTitle), htmlStack(counted), table, mended)
}

function daysSection({ figures }: MonthReport, speaker: Speaker): Html {
  const { say, figures: write } = speaker
  const most = Math.max(1, ...figures.days.map(({ rows }) => rows.read))
  const cells = ({
    files,
    rows,
  }: Pick<MonthDay | MonthFigures, 'files' | 'rows'>): readonly (string | Html)[] => [
    write.count(files.total),
    write.count(files.loaded),
    files.failed > 0 ? htmlToned('bad', write.count(files.failed)) : '0',
    write.count(files.total - files.loaded - files.failed),
    write.count(rows.read),
    write.count(rows.loaded),
    rows.rejected > 0 ? htmlToned('warning', write.count(rows.rejected)) : '0',
  ]
  const table = htmlTable(
    [
      { title: say(reportWords.day), kind: 'moment' },
      { title: say(reportWords.files), kind: 'figure' },
      { title: say(reportWords.filesLoaded), kind: 'figure' },
      { title: say(reportWords.filesFailed), kind: 'figure' },
      { title: say(reportWords.others), kind: 'figure' },
      { title: say(reportWords.read), kind: 'figure' },
      { title: say(reportWords.loaded), kind: 'figure' },
      { title: say(reportWords.rejected), kind: 'figure' },
      { title: '', kind: 'bar' },
    ],
    figures.days.map((day) => [
      day.closedMs === null ? `${day.day} *` : day.day,
      ...cells(day),
      htmlBar(day.rows.read / most, 'read'),
    ]),
    [say(reportWords.total), ...cells(figures), ''],
  )
  return htmlSection(say(reportWords.daysTitle), table)
}
