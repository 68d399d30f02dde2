import { Argument, Option } from '@commander-js/extra-typings'
import type { Cli } from './cli.ts'
import { countOption } from './count-option.ts'
import type { Act, Root } from './program.ts'
import { alertsTexts } from './texts/alerts-texts.ts'
import { helpTexts } from './texts/help-texts.ts'

const MOST_LISTED = 1_000_000

/** `alerts list` and `test`. */
export function declareAlertsCommands(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  const alerts = root.command('alerts').description(say(alertsTexts.alerts))
  alerts
    .command('list', { isDefault: true })
    .description(say(alertsTexts.list))
    .addOption(new Option('--all', say(alertsTexts.all)))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline)))
    .addOption(countOption(cli.speaker, '--limit <n>', helpTexts.limit, MOST_LISTED).default(50))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((_options, command) =>
      act(async () => {
        const { alertsListCommand } = await import('./commands/alerts-list.ts')
        return alertsListCommand(cli, command.optsWithGlobals())
      }),
    )
  alerts
    .command('test')
    .description(say(alertsTexts.test))
    .addArgument(new Argument('[channel]', say(alertsTexts.channel)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((channel, _options, command) =>
      act(async () => {
        const { alertsTestCommand } = await import('./commands/alerts-test.ts')
        return alertsTestCommand(cli, channel, command.optsWithGlobals())
      }),
    )
}
