import { EXIT_CODES } from '../../model/error-class.ts'
import { ruleText } from '../../model/rule-texts.ts'
import { readRejects, type RejectedRow, type RejectedRows } from '../../ops/read-rejects.ts'
import { findItem } from '../../ledger/find-item.ts'
import type { Ledger } from '../../ledger/ledger-access.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint, itemWord } from '../command-hint.ts'
import { openProject } from '../open-project.ts'
import { rejectedItem } from '../rejected-item.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { rejectsCounts, rejectsTexts } from '../texts/rejects-texts.ts'

/** A row may be megabytes long; whoever wants all of it asks for JSON. */
const MOST_CHARACTERS = 2_000

interface RejectsShowOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly rule?: string | undefined
  readonly limit: number
  readonly json?: true | undefined
}

/** `cauce rejects show`: rejected rows with every rule they broke and their text. The one command that shows row data. */
export async function rejectsShowCommand(
  cli: Cli,
  name: string,
  options: RejectsShowOptions,
): Promise<number> {
  await using open = await openProject(cli, options)
  const item = await rejectedItem(open, name, options.pipeline)
  if (open === undefined) return EXIT_CODES.usage
  const found = await readRejects(open.project.home, item, options)
  if (options.json === true) {
    const rows = found.rows.map((row) => ({
      ...row,
      texts: row.codes.map((code) => ruleText(code)[cli.speaker.language]),
    }))
    cli.out.line(
      JSON.stringify(
        { item: item.id, pipeline: item.pipeline, key: item.key, total: found.total, rows },
        undefined,
        2,
      ),
    )
  } else showRows(cli, options, { item, mendable: await mendableItem(open.ledger, item) }, found)
  return EXIT_CODES.done
}

/** Rows are mended from the load that kept them first: for a replay, the item it repeats. */
async function mendableItem(ledger: Ledger, item: ItemRow): Promise<ItemRow> {
  if (item.originLoadKey === null) return item
  return (await findItem(ledger, { loadKey: item.originLoadKey })) ?? item
}

function showRows(
  cli: Cli,
  options: CommonOptions,
  { item, mendable }: { readonly item: ItemRow; readonly mendable: ItemRow },
  { total, rows }: RejectedRows,
): void {
  const { out, speaker } = cli
  const count = out.paint('warning', speaker.count(rejectsCounts.rows, total))
  out.line(`${out.paint('heading', visibleText(item.key))}  ${count}`)
  for (const row of rows) showRow(cli, row)
  out.line()
  if (rows.length < total) {
    const { figures } = speaker
    const shown = speaker.say(rejectsTexts.shownOf, {
      shown: figures.count(rows.length),
      total: figures.count(total),
    })
    out.line(out.paint('quiet', shown))
  }
  const command = commandHint(cli, options, ['rejects', 'export', itemWord(mendable)])
  out.line(wrapLine(out, '', speaker.say(rejectsTexts.exportHint, { command })))
}

function showRow({ out, speaker }: Cli, { record, line, codes, raw, undecodable }: RejectedRow): void {
  const { figures } = speaker
  const place = speaker.say(rejectsTexts.record, { record: figures.count(record), line: figures.count(line) })
  out.line(`\n  ${out.paint('heading', place)}`)
  for (const code of codes) {
    const meaning = out.paint('quiet', visibleText(ruleText(code)[speaker.language]))
    out.line(`    ${out.paint('bad', visibleText(code))}  ${meaning}`)
  }
  if (undecodable) out.line(`    ${out.paint('quiet', speaker.say(rejectsTexts.undecodable))}`)
  const cut = raw.length - MOST_CHARACTERS
  const shown = visibleText(raw.slice(0, MOST_CHARACTERS))
  const more =
    cut > 0 ? ` ${out.paint('quiet', speaker.say(rejectsTexts.cut, { n: figures.count(cut) }))}` : ''
  out.line(wrapLine(out, `    ${out.paint('quiet', '│')} `, shown, 6) + more)
}
