import type { Text } from '../../model/language.ts'
import { ruleText } from '../../model/rule-texts.ts'
import { countedStates, type DayReport, stateWord, waitingReason } from '../../ops/report/day-report.ts'
import {
  archiveLine,
  dayStatus,
  replaysLine,
  retriesLine,
  successLine,
} from '../../ops/report/report-lines.ts'
import { causeWords, reportCounts, reportWords } from '../../ops/report/report-words.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint } from '../command-hint.ts'
import { bar } from '../terminal/bar.ts'
import type { Table } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { reportTexts } from '../texts/report-texts.ts'
import { runWords } from '../texts/run-words.ts'
import { countCells, countColumns } from './item-table.ts'
import { successBar } from './success-bar.ts'
import { runStyle, stateStyle } from './state-style.ts'

const BAR_COLUMNS = 24
/** More would hide the rest of the page; `--json` and the files have them all. */
const MOST_RUNS = 10
const MOST_WAITING = 10

/** A day of a pipeline for a person at a terminal: first how it went, then what to look at, last where things lie. */
export function showDayReport(cli: Cli, options: CommonOptions, report: DayReport): void {
  const { out, speaker } = cli
  const { figures } = report
  const title = `${out.paint('heading', visibleText(figures.pipeline))}  ${speaker.figures.dayInWords(figures.day)}`
  const zone = speaker.say(reportWords.zone, { zone: figures.timezone })
  out.line(wrapLine(out, '', title))
  out.line(wrapLine(out, '', out.paint('quiet', `${dayStatus(report, speaker)} · ${zone}`)))
  if (figures.files.total === 0) out.line(`\n  ${speaker.say(reportWords.nothing)}`)
  else {
    out.line(`\n  ${successBar(figures.files, out, BAR_COLUMNS)}  ${successLine(figures.files, speaker)}`)
    showTable(cli, reportWords.filesTitle, stateTable(report, cli))
    showRows(cli, report)
  }
  showTable(cli, reportWords.rulesTitle, ruleTable(report, cli))
  showTable(cli, reportWords.slowestTitle, slowestTable(report, cli))
  showWaiting(cli, options, report)
  showRuns(cli, report)
  showArchive(cli, report)
  out.line()
}

function showTable({ out, speaker }: Cli, title: Text, table: Table): void {
  if (table.rows.length === 0) return
  out.line(`\n${out.paint('heading', speaker.say(title))}`)
  for (const line of tableLines(table, out)) out.line(line)
}

function stateTable({ figures, states }: DayReport, { speaker }: Cli): Table {
  const { say, figures: write, language } = speaker
  const counted = countedStates(figures.files.byState)
  const most = Math.max(...counted.map(({ count }) => count))
  return {
    columns: [
      { title: say(reportWords.state), shrinksTo: 16 },
      { title: say(reportWords.files), align: 'right' },
      { title: '', dropRank: 1 },
    ],
    rows: counted.map(({ state, count }) => [
      { text: visibleText(stateWord(state, states, language)), style: stateStyle(state) },
      { text: write.count(count) },
      { text: bar(count / most, BAR_COLUMNS), style: stateStyle(state) },
    ]),
    footer: [{ text: say(reportWords.total) }, { text: write.count(figures.files.total) }, { text: '' }],
  }
}

function showRows({ out, speaker }: Cli, { figures }: DayReport): void {
  const { say, figures: write } = speaker
  const { rows, replays } = figures
  out.line(`\n${out.paint('heading', say(reportWords.rowsTitle))}`)
  const table: Table = {
    columns: [...countColumns(speaker), { title: say(reportWords.size), align: 'right', dropRank: 0 }],
    rows: [[...countCells(rows, speaker), { text: write.bytes(figures.loadedBytes) }]],
  }
  for (const line of tableLines(table, out)) out.line(line)
  const facts = [`${say(reportWords.retries)}: ${retriesLine(figures, speaker)}`]
  if (replays.items > 0) facts.push(`${say(reportWords.replays)}: ${replaysLine(figures, speaker)}`)
  for (const fact of facts) out.line(wrapLine(out, '  ', out.paint('quiet', fact)))
}

function ruleTable({ figures: { rules } }: DayReport, { speaker }: Cli): Table {
  const { say, figures: write, language } = speaker
  return {
    columns: [
      { title: say(reportWords.rule), shrinksTo: 20 },
      { title: say(reportWords.rows), align: 'right' },
      { title: say(reportWords.files), align: 'right', dropRank: 2 },
      { title: say(reportWords.level), dropRank: 3 },
      { title: say(reportWords.meaning), shrinksTo: 20, wraps: true, dropRank: 1 },
    ],
    rows: rules.map(({ code, level, rows, items }) => [
      { text: visibleText(code) },
      { text: write.count(rows) },
      { text: write.count(items), style: 'quiet' },
      level === 'error'
        ? { text: say(reportWords.levelError), style: 'bad' }
        : { text: say(reportWords.levelWarning), style: 'warning' },
      { text: visibleText(ruleText(code)[language]), style: 'quiet' },
    ]),
  }
}

function slowestTable({ figures: { slowest } }: DayReport, { speaker }: Cli): Table {
  const { say, figures: write } = speaker
  const most = Math.max(1, ...slowest.map(({ tookMs }) => tookMs))
  const right = { align: 'right' } as const
  return {
    columns: [
      { title: say(reportWords.file), shrinksTo: 20 },
      { title: say(reportWords.took), ...right },
      { title: say(reportWords.size), ...right, dropRank: 2 },
      { title: say(reportWords.rows), ...right, dropRank: 3 },
      { title: '', dropRank: 1 },
    ],
    rows: slowest.map(({ key, tookMs, sizeBytes, read }) => [
      { text: visibleText(key) },
      { text: write.duration(tookMs) },
      { text: sizeBytes === null ? '' : write.bytes(sizeBytes), style: 'quiet' },
      { text: write.count(read), style: 'quiet' },
      { text: bar(tookMs / most, BAR_COLUMNS / 2), style: 'command' },
    ]),
  }
}

function showWaiting(cli: Cli, options: CommonOptions, { figures, states }: DayReport): void {
  const { out, speaker } = cli
  const { say, count, figures: write, language } = speaker
  const { waiting, timezone, takenMs } = figures
  const asOf = say(reportWords.waitingAsOf, { moment: write.momentIn(takenMs, timezone) })
  out.line(`\n${out.paint('heading', say(reportWords.waitingTitle))}  ${out.paint('quiet', asOf)}`)
  if (waiting.total === 0) {
    out.line(`  ${out.paint('good', say(reportWords.nothingWaits))}`)
    return
  }
  out.line(wrapLine(out, '  ', count(reportCounts.waiting, waiting.total)))
  for (const item of waiting.listed.slice(0, MOST_WAITING)) {
    const word = out.paint(stateStyle(item.state), visibleText(stateWord(item.state, states, language)))
    const since = out.paint('quiet', `${say(reportWords.since)} ${write.momentIn(item.sinceMs, timezone)}`)
    out.line(wrapLine(out, '  ', `${visibleText(item.key)}  ${word}  ${since}`, 4))
    const reason = waitingReason(item, language)
    if (reason !== undefined) out.line(wrapLine(out, '    ', visibleText(reason)))
  }
  const left = waiting.total - Math.min(MOST_WAITING, waiting.listed.length)
  if (left > 0) out.line(`  ${say(reportWords.more, { n: write.count(left) })}`)
  const command = commandHint(cli, options, ['status'])
  out.line(wrapLine(out, `  ${out.paint('good', '→')} `, say(reportTexts.lookAt, { command }), 4))
}

function showRuns({ out, speaker }: Cli, { figures: { runs, timezone } }: DayReport): void {
  const { say, figures: write } = speaker
  if (runs.total === 0) return
  out.line(`\n${out.paint('heading', say(reportWords.runsTitle))}`)
  const listed = runs.listed.slice(-MOST_RUNS)
  const table: Table = {
    columns: [
      { title: say(reportWords.started) },
      { title: say(reportWords.state), shrinksTo: 8 },
      { title: say(reportWords.cause), dropRank: 0 },
      { title: say(reportWords.took), align: 'right', dropRank: 4 },
      { title: say(reportWords.files), align: 'right' },
      ...countColumns(speaker),
    ],
    rows: listed.map((run) => [
      { text: write.momentIn(run.startedMs, timezone).slice(11) },
      { text: say(runWords[run.state]), style: runStyle(run.state) },
      { text: say(causeWords[run.cause]), style: 'quiet' },
      { text: run.finishedMs === null ? '' : write.duration(run.finishedMs - run.startedMs), style: 'quiet' },
      { text: write.count(run.items) },
      ...countCells(run, speaker),
    ]),
  }
  for (const line of tableLines(table, out)) out.line(line)
  const left = runs.total - listed.length
  if (left > 0) out.line(`  ${out.paint('quiet', say(reportWords.more, { n: write.count(left) }))}`)
}

function showArchive({ out, speaker }: Cli, { archive, closedMs }: DayReport): void {
  if (archive === undefined && closedMs === null) return
  const { say } = speaker
  out.line(`\n${out.paint('heading', say(reportWords.backupTitle))}`)
  if (archive === undefined) {
    out.line(`  ${out.paint('quiet', say(reportWords.noBackup))}`)
    return
  }
  out.line(wrapLine(out, '  ', visibleText(archive.path)))
  const known = archiveLine(archive, speaker)
  const facts = known.length === 0 ? [say(reportTexts.archiveGone)] : known
  for (const fact of facts) out.line(`  ${out.paint('quiet', fact)}`)
}
