import { displayLocation } from '../../ops/display-location.ts'
import { ownItems } from '../../ops/run-document.ts'
import type { LoadedProject } from '../../ops/load-project.ts'
import type { PipelineRun } from '../../ops/run-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint, itemWord } from '../command-hint.ts'
import { textWidth } from '../terminal/text-width.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { runTexts } from '../texts/run-texts.ts'

/** What is shown of a project beside its run. */
export type RunProject = Pick<LoadedProject, 'home' | 'pipelines'>

/** Where the run's tables, rejects and backups lie, and how to look at them. */
export function runPlaces(
  cli: Cli,
  options: CommonOptions | undefined,
  run: PipelineRun,
  project: RunProject,
): void {
  const { out, speaker } = cli
  const places = [
    { name: speaker.say(runTexts.tables), lines: tablePlaces(cli, options, run, project) },
    { name: speaker.say(runTexts.rejects), lines: rejectPlaces(cli, options, run, project.home.rejects) },
    { name: speaker.say(runTexts.backups), lines: backupPlaces(run) },
    {
      name: speaker.say(runTexts.history),
      lines: options === undefined ? [] : [commandHint(cli, options, ['items'])],
    },
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

function tablePlaces(
  cli: Cli,
  options: CommonOptions | undefined,
  { pipeline: { name, plan, settings } }: PipelineRun,
  { pipelines }: RunProject,
): readonly string[] {
  const names = [
    ...plan.tables.map((table) => table.name),
    ...(plan.report === undefined ? [] : [plan.report.table]),
  ]
  const table = plan.tables.at(-1)?.name ?? ''
  // How a name of signs is quoted differs between systems.
  const query = /^[a-z_][a-z0-9_]*$/i.test(table) ? `SELECT * FROM ${table} LIMIT 10` : 'SHOW TABLES'
  const whose = pipelines.length > 1 ? ['--pipeline', name] : []
  return [
    visibleText(displayLocation(settings.destinationUrl)),
    cli.out.paint('quiet', visibleText(names.join(', '))),
    ...(options === undefined ? [] : [commandHint(cli, options, ['sql', query, ...whose])]),
  ]
}

function rejectPlaces(
  cli: Cli,
  options: CommonOptions | undefined,
  { result }: PipelineRun,
  rejectsFolder: string,
): readonly string[] {
  const rejected = ownItems(result?.items ?? []).filter((item) => item.rejected > 0)
  const [first] = rejected
  if (first === undefined) return []
  const commands =
    options === undefined
      ? []
      : [
          commandHint(cli, options, ['rejects', 'show', itemWord(first)]),
          ...(rejected.length > 1 ? [commandHint(cli, options, ['rejects', 'list'])] : []),
        ]
  return [...commands, cli.out.paint('quiet', visibleText(rejectsFolder))]
}

function backupPlaces({ pipeline: { settings }, result }: PipelineRun): readonly string[] {
  const { backupFolder } = settings
  const hasBackups = (result?.items ?? []).some(({ backup }) => backup !== null)
  return backupFolder === undefined || !hasBackups ? [] : [visibleText(backupFolder)]
}
