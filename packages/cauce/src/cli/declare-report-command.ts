import { Argument, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { isDay } from '../plan/day-bounds.ts'
import type { Cli } from './cli.ts'
import type { Act, Root } from './program.ts'
import { helpTexts } from './texts/help-texts.ts'
import { reportTexts } from './texts/report-texts.ts'

/** `report`: what became of a day or a month. */
export function declareReportCommand(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  const day = (value: string): string => {
    if (value === 'today' || value === 'yesterday' || isDay(value)) return value
    throw new InvalidArgumentError(say(reportTexts.notADay))
  }
  const month = (value: string): string => {
    if (isDay(`${value}-01`)) return value
    throw new InvalidArgumentError(say(reportTexts.notAMonth))
  }
  root
    .command('report')
    .description(say(reportTexts.report))
    .addArgument(new Argument('[pipeline]', say(reportTexts.reportPipeline)))
    .addOption(new Option('--day <day>', say(reportTexts.day)).argParser(day))
    .addOption(new Option('--month <month>', say(reportTexts.month)).argParser(month))
    .addOption(new Option('--json', say(helpTexts.json)))
    .addOption(new Option('--html', say(reportTexts.html)))
    .addOption(new Option('--markdown', say(reportTexts.markdown)))
    .addHelpText('after', `\n${say(reportTexts.examples)}`)
    .action((pipeline, _options, command) =>
      act(async () => {
        const { reportCommand } = await import('./commands/report.ts')
        return reportCommand(cli, pipeline, command.optsWithGlobals())
      }),
    )
}
