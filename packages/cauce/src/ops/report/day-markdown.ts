import { ruleText } from '../../model/rule-texts.ts'
import type { Speaker } from '../../model/speaker.ts'
import type { DayFigures } from '../../ledger/day-figures.ts'
import { countedStates, type DayReport, stateWord, waitingReason } from './day-report.ts'
import { markdownTable, markdownText } from './markdown.ts'
import { causeWords, reportCounts, reportWords, runStateWords } from './report-words.ts'
import { archiveLine, dayStatus, replaysLine, retriesLine, successLine } from './report-lines.ts'

/** A day's report as Markdown (GitHub's, with tables). */
export function dayMarkdown(report: DayReport, speaker: Speaker): string {
  const { figures } = report
  const { say, figures: write } = speaker
  const title = say(reportWords.dayTitle, { day: write.dayInWords(figures.day) })
  const sections = [
    `# ${markdownText(figures.pipeline)}: ${title}`,
    `${markdownText(dayStatus(report, speaker))} · ${say(reportWords.zone, { zone: markdownText(figures.timezone) })}`,
    ...(figures.files.total === 0
      ? [say(reportWords.nothing)]
      : [`**${successLine(figures.files, speaker)}**`]),
    ...filesSection(report, speaker),
    ...rulesSection(figures, speaker),
    ...slowestSection(report, speaker),
    `## ${say(reportWords.retries)}\n\n${retriesLine(figures, speaker)}`,
    ...(figures.replays.items === 0
      ? []
      : [`## ${say(reportWords.replays)}\n\n${replaysLine(figures, speaker)}`]),
    ...waitingSection(report, speaker),
    ...runsSection(figures, speaker),
    ...backupSection(report, speaker),
  ]
  return `${sections.join('\n\n')}\n`
}

function filesSection({ figures, states }: DayReport, speaker: Speaker): readonly string[] {
  const { say, figures: write, language } = speaker
  const { files, rows } = figures
  if (files.total === 0) return []
  const counts = markdownTable(
    [{ title: say(reportWords.state) }, { title: say(reportWords.files), align: 'right' }],
    [
      ...countedStates(files.byState).map(({ state, count }) => [
        markdownText(stateWord(state, states, language)),
        write.count(count),
      ]),
      [`**${say(reportWords.total)}**`, `**${write.count(files.total)}**`],
    ],
  )
  const names = ['read', 'loaded', 'rejected', 'skipped', 'warnings'] as const
  const rowTable = markdownTable(
    [
      ...names.map((name) => ({ title: say(reportWords[name]), align: 'right' as const })),
      { title: say(reportWords.size), align: 'right' },
    ],
    [[...names.map((name) => write.count(rows[name])), write.bytes(figures.loadedBytes)]],
  )
  return [`## ${say(reportWords.filesTitle)}\n\n${counts}`, `## ${say(reportWords.rowsTitle)}\n\n${rowTable}`]
}

function rulesSection({ rules }: DayFigures, { say, figures: write, language }: Speaker): readonly string[] {
  if (rules.length === 0) return []
  const table = markdownTable(
    [
      { title: say(reportWords.rule) },
      { title: say(reportWords.level) },
      { title: say(reportWords.rows), align: 'right' },
      { title: say(reportWords.files), align: 'right' },
      { title: say(reportWords.meaning) },
    ],
    rules.map(({ code, level, rows, items }) => [
      markdownText(code),
      say(level === 'error' ? reportWords.levelError : reportWords.levelWarning),
      write.count(rows),
      write.count(items),
      markdownText(ruleText(code)[language]),
    ]),
  )
  return [`## ${say(reportWords.rulesTitle)}\n\n${table}`]
}

function slowestSection({ figures, states }: DayReport, speaker: Speaker): readonly string[] {
  const { say, figures: write, language } = speaker
  if (figures.slowest.length === 0) return []
  const table = markdownTable(
    [
      { title: say(reportWords.file) },
      { title: say(reportWords.took), align: 'right' },
      { title: say(reportWords.size), align: 'right' },
      { title: say(reportWords.rows), align: 'right' },
      { title: say(reportWords.state) },
    ],
    figures.slowest.map(({ key, tookMs, sizeBytes, read, state }) => [
      markdownText(key),
      write.duration(tookMs),
      sizeBytes === null ? '' : write.bytes(sizeBytes),
      write.count(read),
      markdownText(stateWord(state, states, language)),
    ]),
  )
  return [`## ${say(reportWords.slowestTitle)}\n\n${table}`]
}

function waitingSection({ figures, states }: DayReport, speaker: Speaker): readonly string[] {
  const { say, count, figures: write, language } = speaker
  const { waiting, timezone, takenMs } = figures
  const title = `## ${say(reportWords.waitingTitle)}`
  const asOf = say(reportWords.waitingAsOf, { moment: write.momentIn(takenMs, timezone) })
  if (waiting.total === 0) return [`${title}\n\n${say(reportWords.nothingWaits)} (${asOf})`]
  const table = markdownTable(
    [
      { title: say(reportWords.file) },
      { title: say(reportWords.state) },
      { title: say(reportWords.since) },
      { title: say(reportWords.tries), align: 'right' },
      { title: say(reportWords.reason) },
    ],
    waiting.listed.map((item) => [
      markdownText(item.key),
      markdownText(stateWord(item.state, states, language)),
      write.momentIn(item.sinceMs, timezone),
      write.count(item.attempts),
      markdownText(waitingReason(item, language) ?? ''),
    ]),
  )
  const left = waiting.total - waiting.listed.length
  const more = left > 0 ? `\n\n${say(reportWords.more, { n: write.count(left) })}` : ''
  return [`${title}\n\n${count(reportCounts.waiting, waiting.total)} (${asOf})\n\n${table}${more}`]
}

function runsSection({ runs, timezone }: DayFigures, { say, figures: write }: Speaker): readonly string[] {
  if (runs.total === 0) return []
  const right = { align: 'right' } as const
  const table = markdownTable(
    [
      { title: say(reportWords.started) },
      { title: say(reportWords.state) },
      { title: say(reportWords.cause) },
      { title: say(reportWords.took), ...right },
      { title: say(reportWords.files), ...right },
      { title: say(reportWords.loaded), ...right },
      { title: say(reportWords.rejected), ...right },
    ],
    runs.listed.map((run) => [
      write.momentIn(run.startedMs, timezone),
      say(runStateWords[run.state]),
      say(causeWords[run.cause]),
      run.finishedMs === null ? '' : write.duration(run.finishedMs - run.startedMs),
      write.count(run.items),
      write.count(run.loaded),
      write.count(run.rejected),
    ]),
  )
  const left = runs.total - runs.listed.length
  const more = left > 0 ? `\n\n${say(reportWords.more, { n: write.count(left) })}` : ''
  return [`## ${say(reportWords.runsTitle)}\n\n${table}${more}`]
}

function backupSection(report: DayReport, speaker: Speaker): readonly string[] {
  const { say } = speaker
  const { archive, lost } = report
  const text =
    archive === undefined
      ? say(reportWords.noBackup)
      : [
          `\`${archive.path.replaceAll('`', '')}\``,
          ...archiveLine(archive, speaker),
          ...(archive.sha256 === null ? [] : [`sha256 \`${archive.sha256}\``]),
        ].join('  \n')
  const gone = lost.map(({ key, detail }) => `- ${markdownText(key)}: \`${detail.replaceAll('`', '')}\``)
  return [
    `## ${say(reportWords.backupTitle)}\n\n${text}`,
    ...(gone.length === 0 ? [] : [`## ${say(reportWords.lostTitle)}\n\n${gone.join('\n')}`]),
  ]
}
