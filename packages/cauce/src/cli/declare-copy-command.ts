import { Argument, Option } from '@commander-js/extra-typings'
import { COPY_MODES } from '../ops/copy/copy-modes.ts'
import type { Cli } from './cli.ts'
import { countOption } from './count-option.ts'
import type { Act, Root } from './program.ts'
import { wrapLine } from './terminal/wrap.ts'
import { copyTexts } from './texts/copy-texts.ts'
import { helpTexts } from './texts/help-texts.ts'

/** `copy`: what needs no declaration. */
export function declareCopyCommand(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  root
    .command('copy')
    .description(say(copyTexts.copy))
    .addArgument(new Argument('<from>', say(copyTexts.from)))
    .addArgument(new Argument('<to>', say(copyTexts.to)))
    .addOption(
      new Option('--mode <mode>', say(copyTexts.mode)).choices(COPY_MODES).default('append' as const),
    )
    .addOption(new Option('--key <columns>', say(copyTexts.key)))
    .addOption(new Option('--contract <file>', say(copyTexts.contract)))
    .addOption(new Option('--dry-run', say(copyTexts.dryRun)))
    .addOption(countOption(cli.speaker, '--jobs <n>', helpTexts.jobs, 64))
    .addOption(new Option('--json', say(helpTexts.json)))
    .addOption(new Option('--quiet', say(helpTexts.quiet)))
    .addOption(new Option('--detailed-exit-codes', say(helpTexts.detailedExitCodes)))
    .addHelpText('after', `\n${say(copyTexts.examples)}\n\n${wrapLine(cli.out, '', say(helpTexts.runExits))}`)
    .action((from, to, _options, command) =>
      act(async () => {
        const { copyCommand } = await import('./commands/copy.ts')
        return copyCommand(cli, { from, to }, command.optsWithGlobals())
      }),
    )
}
