import { Argument, Option } from '@commander-js/extra-typings'
import type { Cli } from './cli.ts'
import type { Act, Root } from './program.ts'
import { controlTexts } from './texts/control-texts.ts'
import { helpTexts } from './texts/help-texts.ts'

/** `trigger`, `pause`, `resume`, `cancel` and `workers`: what people say to whoever stands, and see of them. */
export function declareControlCommands(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  root
    .command('trigger')
    .description(say(controlTexts.triggerHelp))
    .addArgument(new Argument('<pipeline>', say(helpTexts.pipeline)))
    .addOption(
      new Option('--only <half>', say(controlTexts.rhythmHelp)).choices(['discover', 'dispatch'] as const),
    )
    .addOption(new Option('--token <text>', say(controlTexts.tokenHelp)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((pipeline, _options, command) =>
      act(async () => {
        const { triggerCommand } = await import('./commands/trigger.ts')
        return triggerCommand(cli, pipeline, command.optsWithGlobals())
      }),
    )
  root
    .command('pause')
    .description(say(controlTexts.pauseHelp))
    .addArgument(new Argument('<pipelines...>', say(helpTexts.pipeline)))
    .addOption(new Option('--reason <text>', say(controlTexts.reasonHelp)))
    .action((pipelines, _options, command) =>
      act(async () => {
        const { pauseCommand } = await import('./commands/pause.ts')
        return pauseCommand(cli, pipelines, command.optsWithGlobals())
      }),
    )
  root
    .command('resume')
    .description(say(controlTexts.resumeHelp))
    .addArgument(new Argument('<pipelines...>', say(helpTexts.pipeline)))
    .action((pipelines, _options, command) =>
      act(async () => {
        const { resumeCommand } = await import('./commands/pause.ts')
        return resumeCommand(cli, pipelines, command.optsWithGlobals())
      }),
    )
  root
    .command('cancel')
    .description(say(controlTexts.cancelHelp))
    .addArgument(new Argument('<pipeline>', say(helpTexts.pipeline)))
    .addArgument(new Argument('<items...>', say(controlTexts.cancelItems)))
    .action((pipeline, items, _options, command) =>
      act(async () => {
        const { cancelCommand } = await import('./commands/cancel.ts')
        return cancelCommand(cli, { pipeline, items }, command.optsWithGlobals())
      }),
    )
  root
    .command('workers')
    .description(say(controlTexts.workersHelp))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((_options, command) =>
      act(async () => {
        const { workersCommand } = await import('./commands/workers.ts')
        return workersCommand(cli, command.optsWithGlobals())
      }),
    )
}
