import { Argument, Option } from '@commander-js/extra-typings'
import type { Cli } from './cli.ts'
import { countOption } from './count-option.ts'
import type { Act, Root } from './program.ts'
import { wrapLine } from './terminal/wrap.ts'
import { helpTexts } from './texts/help-texts.ts'

/** `run`, `check` and `plan`: what declarations do. */
export function declareRunCommands(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  root
    .command('run')
    .description(say(helpTexts.run))
    .addArgument(new Argument('[pipelines...]', say(helpTexts.runPipelines)))
    .addOption(countOption(cli.speaker, '--jobs <n>', helpTexts.jobs, 64))
    .addOption(new Option('--json', say(helpTexts.json)))
    .addOption(new Option('--quiet', say(helpTexts.quiet)))
    .addOption(new Option('--detailed-exit-codes', say(helpTexts.detailedExitCodes)))
    .addHelpText('after', `\n${wrapLine(cli.out, '', say(helpTexts.runExits))}`)
    .action((pipelines, _options, command) =>
      act(async () => {
        const { runCommand } = await import('./commands/run.ts')
        return runCommand(cli, pipelines, command.optsWithGlobals())
      }),
    )
  root
    .command('check')
    .description(say(helpTexts.check))
    .addArgument(new Argument('[pipelines...]', say(helpTexts.checkPipelines)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((pipelines, _options, command) =>
      act(async () => {
        const { checkCommand } = await import('./commands/check.ts')
        return checkCommand(cli, pipelines, command.optsWithGlobals())
      }),
    )
  root
    .command('plan')
    .description(say(helpTexts.plan))
    .addArgument(new Argument('<pipeline>', say(helpTexts.pipeline)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((pipeline, _options, command) =>
      act(async () => {
        const { planCommand } = await import('./commands/plan.ts')
        return planCommand(cli, pipeline, command.optsWithGlobals())
      }),
    )
}
