import { EXIT_CODES } from '../../model/error-class.ts'
import type { ItemState } from '../../model/item-state.ts'
import { listItems } from '../../ledger/list-items.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, type OpenProject, sayNothingYet } from '../open-project.ts'
import { itemDocument } from '../report/item-document.ts'
import { countCells, countColumns } from '../report/item-table.ts'
import { stateStyle } from '../report/state-style.ts'
import type { Table } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { ledgerTexts } from '../texts/ledger-texts.ts'

export interface ItemsOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly state?: readonly ItemState[] | undefined
  readonly key?: string | undefined
  readonly limit: number
  readonly json?: true | undefined
}

/** `cauce items`: items with their state and counts. */
export async function itemsCommand(cli: Cli, options: ItemsOptions): Promise<number> {
  const { out, speaker } = cli
  await using open = await openProject(cli, options)
  const items = open === undefined ? [] : await wanted(open, options)
  const shown = items.slice(0, options.limit)
  if (options.json === true) {
    const documents = shown.map((item) => itemDocument(item, open?.labelOf(item) ?? item.state, speaker))
    out.line(JSON.stringify({ items: documents }, undefined, 2))
  } else if (open === undefined) await sayNothingYet(cli, options)
  else if (shown.length === 0) out.line(speaker.say(ledgerTexts.noneFound))
  else {
    for (const line of tableLines(itemsTable(shown, open, cli), out)) out.line(line)
    if (items.length > shown.length) {
      const n = speaker.figures.count(shown.length)
      out.line(`  ${out.paint('quiet', speaker.say(ledgerTexts.moreThere, { n }))}`)
    }
  }
  return EXIT_CODES.done
}

/** One more than asked for, to know whether there are more. */
async function wanted({ ledger }: OpenProject, options: ItemsOptions): Promise<readonly ItemRow[]> {
  const { pipeline, state, key, limit } = options
  return listItems(ledger, {
    limit: limit + 1,
    ...(pipeline !== undefined && { pipeline }),
    ...(state !== undefined && { states: state }),
    ...(key !== undefined && { keyContains: key }),
  })
}

function itemsTable(
  items: readonly ItemRow[],
  { labelOf, project }: OpenProject,
  { speaker, clock }: Cli,
): Table {
  const { say, figures } = speaker
  const hasPipelines =
    project.pipelines.length > 1 || items.some(({ pipeline }) => pipeline !== items[0]?.pipeline)
  return {
    columns: [
      { title: say(ledgerTexts.number), align: 'right' },
      ...(hasPipelines ? [{ title: say(ledgerTexts.pipeline), shrinksTo: 8 }] : []),
      { title: say(ledgerTexts.key), shrinksTo: 24 },
      { title: say(ledgerTexts.state), shrinksTo: 22 },
      { title: say(ledgerTexts.when), dropRank: 4 },
      ...countColumns(speaker),
    ],
    rows: items.map((item) => [
      { text: String(item.id), style: 'quiet' },
      ...(hasPipelines ? [{ text: visibleText(item.pipeline) }] : []),
      { text: visibleText(item.key) },
      { text: visibleText(labelOf(item)), style: stateStyle(item.state) },
      { text: figures.recent(item.finishedMs ?? item.updatedMs, clock.now()), style: 'quiet' },
      ...countCells(item, speaker),
    ]),
  }
}
