import { Argument, Option } from '@commander-js/extra-typings'
import { LOG_LEVELS } from '../logs/log-events.ts'
import type { Cli } from './cli.ts'
import { countOption } from './count-option.ts'
import type { Act, Root } from './program.ts'
import { helpTexts } from './texts/help-texts.ts'
import { logTexts } from './texts/log-texts.ts'

const MOST_SHOWN = 1_000_000

/** `logs`: what was written down. */
export function declareLogCommands(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  root
    .command('logs')
    .description(say(logTexts.logs))
    .addArgument(new Argument('[item]', say(logTexts.item)))
    .addOption(new Option('--day <day>', say(logTexts.day)))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline)))
    .addOption(new Option('--level <level>', say(logTexts.level)).choices(LOG_LEVELS))
    .addOption(countOption(cli.speaker, '--limit <n>', helpTexts.limit, MOST_SHOWN).default(200))
    .addOption(new Option('--follow', say(logTexts.follow)))
    .addOption(new Option('--json', say(logTexts.json)))
    .action((item, _options, command) =>
      act(async () => {
        const { logsCommand } = await import('./commands/logs.ts')
        return logsCommand(cli, item, command.optsWithGlobals())
      }),
    )
}
