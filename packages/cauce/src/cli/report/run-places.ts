import { displayLocation } from '../../ops/display-location.ts'
import { ownItems } from '../../ops/run-document.ts'
import type { PipelineRun } from '../../ops/run-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint, itemWord } from '../command-hint.ts'
import { textWidth } from '../terminal/text-width.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { unbroken, wrapLine } from '../terminal/wrap.ts'
import { runTexts } from '../texts/run-texts.ts'

/** Where the run's tables, rejects and backups lie, and how to look at them. */
export function runPlaces(cli: Cli, options: CommonOptions, run: PipelineRun, rejectsFolder: string): void {
  const { out, speaker } = cli
  const places = [
    { name: speaker.say(runTexts.tables), lines: tablePlaces(cli, run) },
    { name: speaker.say(runTexts.rejects), lines: rejectPlaces(cli, options, run, rejectsFolder) },
    { name: speaker.say(runTexts.backups), lines: backupPlaces(run) },
    { name: speaker.say(runTexts.history), lines: [commandHint(cli, options, ['items'])] },
  ].filter(({ lines }) => lines.length > 0)
  const width = Math.max(...places.map(({ name }) => textWidth(name)))
  out.line(`\n${out.paint('heading', speaker.say(runTexts.places))}`)
  for (const { name, lines } of places)
    for (const [index, line] of lines.entries()) {
      const title = index === 0 ? name : ''
      const lead = `  ${out.paint('quiet', title)}${' '.repeat(width - textWidth(title))}  `
      out.line(wrapLine(out, lead, line, width + 4))
    }
}

function tablePlaces({ out }: Cli, { pipeline: { plan, settings } }: PipelineRun): readonly string[] {
  const names = [
    ...plan.tables.map(({ name }) => name),
    ...(plan.report === undefined ? [] : [plan.report.table]),
  ]
  const location = visibleText(displayLocation(settings.destinationUrl))
  const lines = [location, out.paint('quiet', visibleText(names.join(', ')))]
  const file = /^duckdb:(.+)$/s.exec(settings.destinationUrl)?.[1]
  const table = plan.tables.at(-1)?.name
  if (file === undefined || table === undefined || !isPlain(file + table)) return lines
  return [...lines, out.paint('command', unbroken(`duckdb -readonly ${file} "FROM ${table} LIMIT 10"`))]
}

/** Safe to copy into a shell and into SQL as it stands. */
function isPlain(text: string): boolean {
  return /^[\p{L}\p{N}_./-]+$/u.test(text)
}

function rejectPlaces(
  cli: Cli,
  options: CommonOptions,
  { result }: PipelineRun,
  rejectsFolder: string,
): readonly string[] {
  const rejected = ownItems(result?.items ?? []).filter((item) => item.rejected > 0)
  const [first] = rejected
  if (first === undefined) return []
  return [
    commandHint(cli, options, ['rejects', 'show', itemWord(first)]),
    ...(rejected.length > 1 ? [commandHint(cli, options, ['rejects', 'list'])] : []),
    cli.out.paint('quiet', visibleText(rejectsFolder)),
  ]
}

function backupPlaces({ pipeline: { settings }, result }: PipelineRun): readonly string[] {
  const { backupFolder } = settings
  const hasBackups = (result?.items ?? []).some(({ backup }) => backup !== null)
  return backupFolder === undefined || !hasBackups ? [] : [visibleText(backupFolder)]
}
