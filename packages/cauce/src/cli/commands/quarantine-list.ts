import { EXIT_CODES } from '../../model/error-class.ts'
import { visibleText } from '../../model/visible-text.ts'
import { listQuarantine } from '../../ledger/list-quarantine.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint } from '../command-hint.ts'
import { openProject, type OpenProject, sayNothingYet } from '../open-project.ts'
import { quarantineDocument } from '../report/quarantine-document.ts'
import { stateStyle } from '../report/state-style.ts'
import type { Table } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { ledgerTexts } from '../texts/ledger-texts.ts'
import { quarantineTexts } from '../texts/quarantine-texts.ts'

interface QuarantineListOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly limit: number
  readonly json?: true | undefined
}

/** `cauce quarantine list`: what failed or was refused, since when, why, and when it is tried again. */
export async function quarantineListCommand(cli: Cli, options: QuarantineListOptions): Promise<number> {
  const { out, speaker } = cli
  await using open = await openProject(cli, options)
  const items = open === undefined ? [] : await listQuarantine(open.ledger, options)
  const shown = items.slice(0, options.limit)
  if (options.json === true) {
    const documents = shown.map((item) =>
      quarantineDocument(item, open?.labelOf(item) ?? item.state, speaker),
    )
    out.line(JSON.stringify({ items: documents }, undefined, 2))
  } else if (open === undefined) await sayNothingYet(cli, options)
  else if (shown.length === 0) out.line(speaker.say(quarantineTexts.none))
  else {
    for (const line of tableLines(quarantineTable(shown, open, cli), out)) out.line(line)
    if (items.length > shown.length) {
      const n = speaker.figures.count(shown.length)
      out.line(`  ${out.paint('quiet', speaker.say(ledgerTexts.moreThere, { n }))}`)
    }
    const command = commandHint(cli, options, ['quarantine', 'show', String(shown[0]?.id ?? '')])
    out.line(wrapLine(out, '', `\n${speaker.say(quarantineTexts.showHint, { command })}`))
  }
  return EXIT_CODES.done
}

function quarantineTable(items: readonly ItemRow[], { labelOf, project }: OpenProject, cli: Cli): Table {
  const { speaker, clock } = cli
  const { say, figures } = speaker
  const hasPipelines = project.pipelines.length > 1
  return {
    columns: [
      { title: say(ledgerTexts.number), align: 'right' },
      ...(hasPipelines ? [{ title: say(ledgerTexts.pipeline), shrinksTo: 8 }] : []),
      { title: say(ledgerTexts.key), shrinksTo: 24 },
      { title: say(ledgerTexts.state), shrinksTo: 16 },
      { title: say(quarantineTexts.since), dropRank: 2 },
      { title: say(quarantineTexts.error), shrinksTo: 12 },
      { title: say(quarantineTexts.next), shrinksTo: 10, dropRank: 3 },
      { title: say(quarantineTexts.file), dropRank: 1 },
    ],
    rows: items.map((item) => [
      { text: String(item.id), style: 'quiet' },
      ...(hasPipelines ? [{ text: visibleText(item.pipeline) }] : []),
      { text: visibleText(item.key) },
      { text: visibleText(labelOf(item)), style: stateStyle(item.state) },
      { text: figures.recent(item.finishedMs ?? item.updatedMs, clock.now()), style: 'quiet' },
      { text: item.errorCode ?? '', style: 'bad' },
      { text: nextTry(item, cli), style: 'quiet' },
      { text: say(item.quarantine === null ? quarantineTexts.notKept : quarantineTexts.kept) },
    ]),
  }
}

/** When it is tried again: by itself at a time, by the next run, or not before somebody says so. */
function nextTry({ state, dueMs }: ItemRow, { speaker, clock }: Cli): string {
  if (state !== 'failed_system') return speaker.say(quarantineTexts.byPerson)
  return dueMs > clock.now() && dueMs < Number.MAX_SAFE_INTEGER
    ? speaker.figures.moment(dueMs)
    : speaker.say(quarantineTexts.nextRun)
}
