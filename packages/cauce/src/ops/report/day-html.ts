import { ruleText } from '../../model/rule-texts.ts'
import type { Speaker } from '../../model/speaker.ts'
import { countedStates, type DayReport, stateWord, waitingReason } from './day-report.ts'
import { type Html, markup } from './html.ts'
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
import { archiveLine, dayStatus, filesLine, replaysLine, retriesLine, rowsLine } from './report-lines.ts'
import { causeWords, reportCounts, reportWords, runStateWords, runToneOf, toneOf } from './report-words.ts'

/** A day's report as one page for a browser or a printer. */
export function dayHtml(report: DayReport, speaker: Speaker): string {
  const { figures } = report
  const { say, figures: write, language } = speaker
  const day = say(reportWords.dayTitle, { day: write.dayInWords(figures.day) })
  const foot = say(reportWords.madeBy, { moment: write.momentIn(figures.takenMs, figures.timezone) })
  return htmlPage({ title: `${figures.pipeline}: ${day}`, language, foot }, dayHtmlBody(report, speaker))
}

/** The same without the page around it. */
export function dayHtmlBody(report: DayReport, speaker: Speaker): readonly Html[] {
  const { figures } = report
  const { say, figures: write } = speaker
  return [
    htmlHeader(figures.pipeline, [
      say(reportWords.dayTitle, { day: write.dayInWords(figures.day) }),
      dayStatus(report, speaker),
      say(reportWords.zone, { zone: figures.timezone }),
    ]),
    cards(report, speaker),
    ...filesSection(report, speaker),
    ...rulesSection(report, speaker),
    ...waitingSection(report, speaker),
    ...slowestSection(report, speaker),
    ...runsSection(report, speaker),
    backupSection(report, speaker),
  ]
}

function cards({ figures }: DayReport, speaker: Speaker): Html {
  const { say, figures: write } = speaker
  const { files, rows, waiting } = figures
  const rate = files.successRate
  return htmlCards([
    {
      title: say(reportWords.success),
      value: rate === null ? '–' : write.percent(rate),
      tone: rate === null ? 'quiet' : files.failed > 0 ? 'bad' : 'good',
      hint: filesLine(files, speaker),
    },
    { title: say(reportWords.loaded), value: write.count(rows.loaded), hint: rowsLine(rows.read, speaker) },
    {
      title: say(reportWords.rejected),
      value: write.count(rows.rejected),
      tone: rows.rejected > 0 ? 'warning' : '',
      hint: rows.read === 0 ? '' : write.percent(rows.rejected / rows.read),
    },
    {
      title: say(reportWords.waiting),
      value: write.count(waiting.total),
      tone: waiting.total > 0 ? 'bad' : 'good',
      hint: say(reportWords.waitingAsOf, { moment: write.momentIn(figures.takenMs, figures.timezone) }),
    },
  ])
}

function filesSection({ figures, states }: DayReport, speaker: Speaker): readonly Html[] {
  const { say, figures: write, language } = speaker
  const { files, rows, replays, retries } = figures
  if (files.total === 0) return [htmlSection(say(reportWords.filesTitle), htmlNote(say(reportWords.nothing)))]
  const counted = countedStates(files.byState).map(({ state, count }) => ({
    count,
    tone: toneOf(state),
    title: stateWord(state, states, language),
  }))
  const most = Math.max(...counted.map(({ count }) => count))
  const table = htmlTable(
    [
      { title: say(reportWords.state), kind: 'name' },
      { title: say(reportWords.files), kind: 'figure' },
      { title: '', kind: 'bar' },
    ],
    counted.map(({ title, count, tone }) => [
      htmlState(tone, title),
      write.count(count),
      htmlBar(count / most, tone),
    ]),
    [say(reportWords.total), write.count(files.total), ''],
  )
  const names = ['read', 'loaded', 'rejected', 'skipped', 'warnings'] as const
  const rowTable = htmlTable(
    [{ title: '' }, { title: '', kind: 'figure' }],
    [
      ...names.map((name) => [say(reportWords[name]), write.count(rows[name])]),
      [say(reportWords.size), write.bytes(figures.loadedBytes)],
      [say(reportWords.moreTries), retries.tries === 0 ? '0' : retriesLine(figures, speaker)],
    ],
  )
  const mended = replays.items === 0 ? undefined : htmlNote(replaysLine(figures, speaker))
  return [
    markup`<div class="pair">\n${[
      htmlSection(say(reportWords.filesTitle), htmlStack(counted), table),
      htmlSection(say(reportWords.rowsTitle), rowTable, mended),
    ]}</div>\n`,
  ]
}

function rulesSection({ figures: { rules } }: DayReport, speaker: Speaker): readonly Html[] {
  const { say, figures: write, language } = speaker
  if (rules.length === 0) return []
  const most = Math.max(...rules.map(({ rows }) => rows))
  const table = htmlTable(
    [
      { title: say(reportWords.rule), kind: 'name' },
      { title: say(reportWords.level) },
      { title: say(reportWords.rows), kind: 'figure' },
      { title: say(reportWords.files), kind: 'figure' },
      { title: '', kind: 'bar' },
    ],
    rules.map(({ code, level, rows, items }) => [
      markup`${ruleText(code)[language]}<br><code class="quiet">${code}</code>`,
      level === 'error'
        ? htmlToned('bad', say(reportWords.levelError))
        : htmlToned('warning', say(reportWords.levelWarning)),
      write.count(rows),
      write.count(items),
      htmlBar(rows / most, level === 'error' ? 'bad' : 'warning'),
    ]),
  )
  return [htmlSection(say(reportWords.rulesTitle), table)]
}

function waitingSection({ figures, states }: DayReport, speaker: Speaker): readonly Html[] {
  const { say, count, figures: write, language } = speaker
  const { waiting, timezone } = figures
  if (waiting.total === 0) return []
  const table = htmlTable(
    [
      { title: say(reportWords.file), kind: 'name' },
      { title: say(reportWords.state), kind: 'name' },
      { title: say(reportWords.since), kind: 'moment' },
      { title: say(reportWords.tries), kind: 'figure' },
      { title: say(reportWords.reason), kind: 'reason' },
    ],
    waiting.listed.map((item) => [
      item.key,
      htmlToned(toneOf(item.state), stateWord(item.state, states, language)),
      write.momentIn(item.sinceMs, timezone),
      write.count(item.attempts),
      waitingReason(item, language) ?? '',
    ]),
  )
  return [
    htmlSection(
      say(reportWords.waitingTitle),
      htmlNote(count(reportCounts.waiting, waiting.total)),
      table,
      more(waiting, speaker),
    ),
  ]
}

function slowestSection({ figures: { slowest }, states }: DayReport, speaker: Speaker): readonly Html[] {
  const { say, figures: write, language } = speaker
  if (slowest.length === 0) return []
  const most = Math.max(1, ...slowest.map(({ tookMs }) => tookMs))
  const table = htmlTable(
    [
      { title: say(reportWords.file), kind: 'name' },
      { title: say(reportWords.took), kind: 'figure' },
      { title: say(reportWords.size), kind: 'figure' },
      { title: say(reportWords.rows), kind: 'figure' },
      { title: say(reportWords.state), kind: 'name' },
      { title: '', kind: 'bar' },
    ],
    slowest.map(({ key, tookMs, sizeBytes, read, state }) => [
      key,
      write.duration(tookMs),
      sizeBytes === null ? '' : write.bytes(sizeBytes),
      write.count(read),
      stateWord(state, states, language),
      htmlBar(tookMs / most, 'read'),
    ]),
  )
  return [htmlSection(say(reportWords.slowestTitle), table)]
}

function runsSection({ figures: { runs, timezone } }: DayReport, speaker: Speaker): readonly Html[] {
  const { say, figures: write } = speaker
  if (runs.total === 0) return []
  const table = htmlTable(
    [
      { title: say(reportWords.started), kind: 'moment' },
      { title: say(reportWords.state) },
      { title: say(reportWords.cause) },
      { title: say(reportWords.took), kind: 'figure' },
      { title: say(reportWords.files), kind: 'figure' },
      { title: say(reportWords.read), kind: 'figure' },
      { title: say(reportWords.loaded), kind: 'figure' },
      { title: say(reportWords.rejected), kind: 'figure' },
    ],
    runs.listed.map((run) => [
      write.momentIn(run.startedMs, timezone),
      htmlToned(runToneOf(run.state), say(runStateWords[run.state])),
      say(causeWords[run.cause]),
      run.finishedMs === null ? '' : write.duration(run.finishedMs - run.startedMs),
      write.count(run.items),
      write.count(run.read),
      write.count(run.loaded),
      write.count(run.rejected),
    ]),
  )
  return [htmlSection(say(reportWords.runsTitle), table, more(runs, speaker))]
}

/** Lists are cut; their totals are not. */
function more(
  { total, listed }: { readonly total: number; readonly listed: readonly unknown[] },
  { say, figures: write }: Speaker,
): Html | undefined {
  const left = total - listed.length
  return left > 0 ? htmlNote(say(reportWords.more, { n: write.count(left) })) : undefined
}

function backupSection({ archive, lost }: DayReport, speaker: Speaker): Html {
  const { say } = speaker
  const hash =
    archive?.sha256 == null ? undefined : markup`<br><code class="quiet">sha256 ${archive.sha256}</code>`
  const text =
    archive === undefined
      ? htmlNote(say(reportWords.noBackup))
      : markup`<p><code>${archive.path}</code><br>${archiveLine(archive, speaker)}${hash}</p>`
  const gone = lost.map(({ key, detail }) => markup`<li>${key}<br><code class="quiet">${detail}</code></li>`)
  const loss =
    lost.length === 0 ? undefined : markup`<h2 class="bad">${say(reportWords.lostTitle)}</h2><ul>${gone}</ul>`
  return htmlSection(say(reportWords.backupTitle), text, loss)
}
