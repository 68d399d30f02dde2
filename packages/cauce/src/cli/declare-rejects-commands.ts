import { Argument, Option } from '@commander-js/extra-typings'
import type { Cli } from './cli.ts'
import { countOption } from './count-option.ts'
import type { Act, Root } from './program.ts'
import { helpTexts } from './texts/help-texts.ts'

const MOST_SHOWN = 1_000_000

/** `rejects list`, `show`, `export` and `replay`. */
export function declareRejectsCommands(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  const rejects = rejectsCommand(root, cli)
  const onlyPipeline = () => new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline))
  const json = () => new Option('--json', say(helpTexts.json))
  const item = () => new Argument('<item>', say(helpTexts.item))
  rejects
    .command('list', { isDefault: true })
    .description(say(helpTexts.rejectsList))
    .addOption(onlyPipeline())
    .addOption(countOption(cli.speaker, '--limit <n>', helpTexts.limit, MOST_SHOWN).default(50))
    .addOption(json())
    .action((_options, command) =>
      act(async () => {
        const { rejectsListCommand } = await import('./commands/rejects-list.ts')
        return rejectsListCommand(cli, command.optsWithGlobals())
      }),
    )
  rejects
    .command('show')
    .description(say(helpTexts.rejectsShow))
    .addArgument(item())
    .addOption(onlyPipeline())
    .addOption(new Option('--rule <code>', say(helpTexts.onlyRule)))
    .addOption(countOption(cli.speaker, '--limit <n>', helpTexts.limit, MOST_SHOWN).default(20))
    .addOption(json())
    .action((name, _options, command) =>
      act(async () => {
        const { rejectsShowCommand } = await import('./commands/rejects-show.ts')
        return rejectsShowCommand(cli, name, command.optsWithGlobals())
      }),
    )
  declareMending(rejects, cli, act)
}

type Rejects = ReturnType<typeof rejectsCommand>

function rejectsCommand(root: Root, { speaker }: Cli) {
  return root.command('rejects').description(speaker.say(helpTexts.rejects))
}

function declareMending(rejects: Rejects, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  const onlyPipeline = () => new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline))
  const json = () => new Option('--json', say(helpTexts.json))
  const item = () => new Argument('<item>', say(helpTexts.item))
  rejects
    .command('export')
    .description(say(helpTexts.rejectsExport))
    .addArgument(item())
    .addOption(onlyPipeline())
    .addOption(new Option('--out <file>', say(helpTexts.out)))
    .addOption(json())
    .action((name, _options, command) =>
      act(async () => {
        const { rejectsExportCommand } = await import('./commands/rejects-export.ts')
        return rejectsExportCommand(cli, name, command.optsWithGlobals())
      }),
    )
  rejects
    .command('replay')
    .description(say(helpTexts.rejectsReplay))
    .addArgument(item())
    .addOption(onlyPipeline())
    .addOption(new Option('--file <file>', say(helpTexts.mended)))
    .addOption(json())
    .addOption(new Option('--quiet', say(helpTexts.quiet)))
    .addOption(new Option('--detailed-exit-codes', say(helpTexts.detailedExitCodes)))
    .action((name, _options, command) =>
      act(async () => {
        const { rejectsReplayCommand } = await import('./commands/rejects-replay.ts')
        return rejectsReplayCommand(cli, name, command.optsWithGlobals())
      }),
    )
}
