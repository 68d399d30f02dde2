import type { MonthDay, MonthFigures } from '../../ledger/month-figures.ts'
import { countedStates, stateWord } from '../../ops/report/day-report.ts'
import type { MonthReport } from '../../ops/report/month-document.ts'
import { monthStatus, replaysLine, successLine } from '../../ops/report/report-lines.ts'
import { reportWords } from '../../ops/report/report-words.ts'
import type { Cli } from '../cli.ts'
import { bar } from '../terminal/bar.ts'
import type { Table, TableCell } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { countCells, countColumns } from './item-table.ts'
import { successBar } from './success-bar.ts'
import { stateStyle } from './state-style.ts'

const BAR_COLUMNS = 24

/** A month of a pipeline for a person at a terminal: files by state, then day by day. */
export function showMonthReport(cli: Cli, { figures, states }: MonthReport): void {
  const { out, speaker } = cli
  const { say, figures: write, language } = speaker
  const title = `${out.paint('heading', visibleText(figures.pipeline))}  ${write.monthInWords(figures.month)}`
  const zone = say(reportWords.zone, { zone: figures.timezone })
  out.line(wrapLine(out, '', title))
  out.line(wrapLine(out, '', out.paint('quiet', `${monthStatus(figures, speaker)} · ${zone}`)))
  if (figures.days.length === 0) {
    out.line(`\n  ${say(reportWords.nothingInMonth)}\n`)
    return
  }
  out.line(`\n  ${successBar(figures.files, out, BAR_COLUMNS)}  ${successLine(figures.files, speaker)}`)
  const counted = countedStates(figures.files.byState).map(
    ({ state, count }) =>
      `${out.paint(stateStyle(state), visibleText(stateWord(state, states, language)))} ${write.count(count)}`,
  )
  out.line(wrapLine(out, '  ', counted.join(' · ')))
  out.line(`\n${out.paint('heading', say(reportWords.daysTitle))}`)
  for (const line of tableLines(dayTable(figures, cli), out)) out.line(line)
  if (figures.replays.items > 0)
    out.line(wrapLine(out, '  ', `${say(reportWords.replays)}: ${replaysLine(figures, speaker)}`))
  out.line()
}

function dayTable(figures: MonthFigures, { speaker }: Cli): Table {
  const { say, figures: write } = speaker
  const most = Math.max(1, ...figures.days.map(({ rows }) => rows.read))
  const right = { align: 'right' } as const
  const number = (value: number, style?: TableCell['style']): TableCell =>
    value === 0 ? { text: '0', style: 'quiet', isEmpty: true } : { text: write.count(value), style }
  const cells = ({ files, rows }: Pick<MonthDay | MonthFigures, 'files' | 'rows'>): readonly TableCell[] => [
    number(files.total),
    number(files.loaded),
    number(files.failed, 'bad'),
    number(files.total - files.loaded - files.failed),
    ...countCells(rows, speaker),
  ]
  return {
    columns: [
      { title: say(reportWords.day) },
      { title: say(reportWords.files), ...right },
      { title: say(reportWords.filesLoaded), ...right, dropRank: 5 },
      { title: say(reportWords.filesFailed), ...right },
      { title: say(reportWords.others), ...right, dropRank: 4 },
      ...countColumns(speaker),
      { title: '', dropRank: 0 },
    ],
    rows: figures.days.map((day) => [
      { text: day.closedMs === null ? `${day.day} *` : day.day },
      ...cells(day),
      { text: bar(day.rows.read / most, BAR_COLUMNS / 2), style: 'command' },
    ]),
    footer: [{ text: say(reportWords.total) }, ...cells(figures), { text: '' }],
  }
}
