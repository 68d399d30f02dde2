import { Argument, Option } from '@commander-js/extra-typings'
import type { Cli } from './cli.ts'
import { countOption } from './count-option.ts'
import type { Act, Root } from './program.ts'
import { helpTexts } from './texts/help-texts.ts'

const MOST_ROWS = 1_000_000

/** `sql`: a question to a destination. */
export function declareSqlCommand(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  root
    .command('sql')
    .description(say(helpTexts.sql))
    .addArgument(new Argument('<query>', say(helpTexts.query)))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.whoseDestination)))
    .addOption(countOption(cli.speaker, '--limit <n>', helpTexts.limit, MOST_ROWS).default(100))
    .addOption(new Option('--json', say(helpTexts.json)))
    .addHelpText('after', `\n${say(helpTexts.sqlExamples)}`)
    .action((query, _options, command) =>
      act(async () => {
        const { sqlCommand } = await import('./commands/sql.ts')
        return sqlCommand(cli, query, command.optsWithGlobals())
      }),
    )
}
