import { CauceError } from '../../model/cauce-error.ts'
import { EXIT_CODES } from '../../model/error-class.ts'
import { visibleText } from '../../model/visible-text.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { LOG_LEVELS, type LogLevel } from '../../logs/log-events.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import { followLogLines, lastLogLines, type LogQuery } from '../../logs/read-logs.ts'
import { findNamedItem } from '../../ops/find-named-item.ts'
import { loadProject } from '../../ops/load-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { watchInterruption } from '../interruption.ts'
import { openProject } from '../open-project.ts'
import { projectRequest } from '../project-request.ts'
import { logLine } from '../report/log-line.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { logTexts } from '../texts/log-texts.ts'

export interface LogsCommandOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly day?: string | undefined
  readonly level?: LogLevel | undefined
  readonly limit: number
  readonly follow?: true | undefined
  readonly json?: true | undefined
}

/** `cauce logs`: the lines of one item, or of the orchestrator; with `--follow` until it is interrupted. */
export async function logsCommand(
  cli: Cli,
  name: string | undefined,
  options: LogsCommandOptions,
): Promise<number> {
  refuseMalformedDay(cli, options.day)
  const { home } = await loadProject(projectRequest(cli, options))
  const item = name === undefined ? undefined : await namedItem(cli, name, options)
  const query: LogQuery = { logs: home.logs, item, day: options.day, accepts: filterOf(options) }
  const show = shower(cli, options, item)
  if (options.follow === true) {
    using interruption = watchInterruption(() => undefined)
    const following = { most: options.limit, clock: cli.clock, signal: interruption.signal }
    for await (const record of followLogLines(query, following)) show(record)
    return EXIT_CODES.done
  }
  // One more than is shown tells whether there are more.
  const found = await lastLogLines(query, options.limit + 1)
  const shown = found.slice(-options.limit)
  if (options.json === true) {
    const about = item === undefined ? null : { item: item.id, pipeline: item.pipeline, key: item.key }
    cli.out.line(JSON.stringify({ item: about, day: options.day ?? null, lines: shown }, undefined, 2))
    return EXIT_CODES.done
  }
  if (found.length > shown.length) sayOlder(cli, shown.length)
  for (const record of shown) show(record)
  if (shown.length === 0) sayNone(cli, home.logs, item)
  return EXIT_CODES.done
}

async function namedItem(cli: Cli, name: string, options: LogsCommandOptions): Promise<ItemRow> {
  await using open = await openProject(cli, options)
  if (open === undefined) throw new CauceError('ITEM_UNKNOWN', { item: name, ledger: '' })
  return await findNamedItem(open.ledger, { name, pipeline: options.pipeline })
}

function refuseMalformedDay({ speaker }: Cli, day: string | undefined): void {
  if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day))
    throw new CauceError('USAGE', { detail: speaker.say(logTexts.dayMalformed, { day: visibleText(day) }) })
}

function filterOf({ pipeline, level = 'debug' }: LogsCommandOptions): (record: LogRecord) => boolean {
  const least = LOG_LEVELS.indexOf(level)
  return (record) =>
    LOG_LEVELS.indexOf(record.level) >= least && (pipeline === undefined || record.pipeline === pipeline)
}

function shower(
  { out, speaker }: Cli,
  { json }: LogsCommandOptions,
  item: ItemRow | undefined,
): (record: LogRecord) => void {
  if (json === true) return (record) => out.line(JSON.stringify(record))
  const look = { speaker, screen: out, showsDay: true, showsItem: item === undefined }
  return (record) => out.line(logLine(record, look))
}

function sayOlder({ out, speaker }: Cli, shown: number): void {
  const older = speaker.say(logTexts.older, { n: speaker.figures.count(shown) })
  out.line(out.paint('quiet', older))
}

function sayNone({ out, speaker }: Cli, logs: string, item: ItemRow | undefined): void {
  const folder = visibleText(logs)
  const told =
    item === undefined
      ? speaker.say(logTexts.noDay, { folder })
      : speaker.say(logTexts.noLines, { item: visibleText(item.key), folder })
  out.line(wrapLine(out, '', told))
}
