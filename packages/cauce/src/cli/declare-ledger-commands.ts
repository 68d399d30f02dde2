import { Argument, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { ITEM_STATES, type ItemState } from '../model/item-state.ts'
import type { Cli } from './cli.ts'
import { countOption } from './count-option.ts'
import type { Act, Root } from './program.ts'
import type { Speaker } from './speaker.ts'
import { helpTexts } from './texts/help-texts.ts'
import { reloadTexts } from './texts/reload-texts.ts'

const MOST_LISTED = 1_000_000

/** `status`, `runs`, `items`, `retry` and `reload`: what the ledger knows, and having it done again. */
export function declareLedgerCommands(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  root
    .command('status')
    .description(say(helpTexts.status))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((_options, command) =>
      act(async () => {
        const { statusCommand } = await import('./commands/status.ts')
        return statusCommand(cli, command.optsWithGlobals())
      }),
    )
  root
    .command('runs')
    .description(say(helpTexts.runs))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline)))
    .addOption(countOption(cli.speaker, '--limit <n>', helpTexts.limit, MOST_LISTED).default(20))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((_options, command) =>
      act(async () => {
        const { runsCommand } = await import('./commands/runs.ts')
        return runsCommand(cli, command.optsWithGlobals())
      }),
    )
  declareItems(root, cli, act)
  root
    .command('retry')
    .description(say(helpTexts.retry))
    .addArgument(new Argument('<pipeline>', say(helpTexts.pipeline)))
    .addArgument(new Argument('[items...]', say(helpTexts.retryItems)))
    .addOption(new Option('--all', say(helpTexts.retryAll)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((pipeline, items, _options, command) =>
      act(async () => {
        const { retryCommand } = await import('./commands/retry.ts')
        return retryCommand(cli, { pipeline, items }, command.optsWithGlobals())
      }),
    )
  root
    .command('reload')
    .description(say(reloadTexts.help))
    .addArgument(new Argument('<pipeline>', say(helpTexts.pipeline)))
    .addArgument(new Argument('<items...>', say(reloadTexts.items)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((pipeline, items, _options, command) =>
      act(async () => {
        const { reloadCommand } = await import('./commands/reload.ts')
        return reloadCommand(cli, { pipeline, items }, command.optsWithGlobals())
      }),
    )
}

function declareItems(root: Root, cli: Cli, act: Act): void {
  const { say } = cli.speaker
  const items = root.command('items').description(say(helpTexts.itemsGroup))
  items
    .command('list', { isDefault: true })
    .description(say(helpTexts.items))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline)))
    .addOption(stateOption(cli.speaker))
    .addOption(new Option('--key <text>', say(helpTexts.onlyKey)))
    .addOption(countOption(cli.speaker, '--limit <n>', helpTexts.limit, MOST_LISTED).default(50))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((_options, command) =>
      act(async () => {
        const { itemsCommand } = await import('./commands/items.ts')
        return itemsCommand(cli, command.optsWithGlobals())
      }),
    )
  items
    .command('show')
    .description(say(helpTexts.itemsShow))
    .addArgument(new Argument('<item>', say(helpTexts.item)))
    .addOption(new Option('--pipeline <pipeline>', say(helpTexts.onlyPipeline)))
    .addOption(new Option('--json', say(helpTexts.json)))
    .action((item, _options, command) =>
      act(async () => {
        const { itemShowCommand } = await import('./commands/item-show.ts')
        return itemShowCommand(cli, item, command.optsWithGlobals())
      }),
    )
}

/** May be said several times. */
function stateOption({ say }: Speaker) {
  return new Option('--state <state>', say(helpTexts.onlyState))
    .choices(ITEM_STATES)
    .argParser((value, earlier: readonly ItemState[] | undefined): readonly ItemState[] => {
      const state = ITEM_STATES.find((known) => known === value)
      if (state === undefined)
        throw new InvalidArgumentError(`Allowed choices are ${ITEM_STATES.join(', ')}.`)
      return [...(earlier ?? []), state]
    })
}
