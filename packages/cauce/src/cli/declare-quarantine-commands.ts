import { Argument, Option } from '@commander-js/extra-typings'
import type { Cli } from './cli.ts'
import { countOption } from './count-option.ts'
import type { Act, Root } from './program.ts'
import { helpTexts } from './texts/help-texts.ts'
import { quarantineTexts } from './texts/quarantine-texts.ts'

const MOST_LISTED = 1_000_000

/** `quarantine list`, `show`, `release` and `discard`. */
export function declareQuarantineCommands(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  const quarantine = quarantineCommand(root, cli)
  quarantine
    .command('list', { isDefault: true })
    .description(say(quarantineTexts.list))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline)))
    .addOption(countOption(cli.speaker, '--limit <n>', helpTexts.limit, MOST_LISTED).default(50))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((_options, command) =>
      act(async () => {
        const { quarantineListCommand } = await import('./commands/quarantine-list.ts')
        return quarantineListCommand(cli, command.optsWithGlobals())
      }),
    )
  quarantine
    .command('show')
    .description(say(quarantineTexts.show))
    .addArgument(new Argument('<item>', say(helpTexts.item)))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((name, _options, command) =>
      act(async () => {
        const { quarantineShowCommand } = await import('./commands/quarantine-show.ts')
        return quarantineShowCommand(cli, name, command.optsWithGlobals())
      }),
    )
  declareDecisions(quarantine, cli, act)
}

type Quarantine = ReturnType<typeof quarantineCommand>

function quarantineCommand(root: Root, { speaker }: Cli) {
  return root.command('quarantine').description(speaker.say(quarantineTexts.quarantine))
}

function declareDecisions(quarantine: Quarantine, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  quarantine
    .command('release')
    .description(say(quarantineTexts.release))
    .addArgument(new Argument('[items...]', say(quarantineTexts.items)))
    .addOption(new Option('--all', say(quarantineTexts.all)))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline)))
    .addOption(new Option('--reason <text>', say(quarantineTexts.reasonOption)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((items, _options, command) =>
      act(async () => {
        const { quarantineReleaseCommand } = await import('./commands/quarantine-release.ts')
        return quarantineReleaseCommand(cli, items, command.optsWithGlobals())
      }),
    )
  quarantine
    .command('discard')
    .description(say(quarantineTexts.discard))
    .addArgument(new Argument('<items...>', say(quarantineTexts.items)))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline)))
    .addOption(new Option('--reason <text>', say(quarantineTexts.reasonOption)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((items, _options, command) =>
      act(async () => {
        const { quarantineDiscardCommand } = await import('./commands/quarantine-discard.ts')
        return quarantineDiscardCommand(cli, items, command.optsWithGlobals())
      }),
    )
}
