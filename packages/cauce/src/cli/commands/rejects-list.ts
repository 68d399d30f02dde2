import { EXIT_CODES } from '../../model/error-class.ts'
import { ruleText } from '../../model/rule-texts.ts'
import { listItems } from '../../ledger/list-items.ts'
import { type BrokenRule, rejectSummary } from '../../ledger/reject-summary.ts'
import { replayedRecords } from '../../ledger/replayed-records.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, sayNothingYet, type OpenProject } from '../open-project.ts'
import { itemDocument } from '../report/item-document.ts'
import { ruleTable } from '../report/item-page.ts'
import { type Table, tableLines } from '../terminal/table.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { ledgerTexts } from '../texts/ledger-texts.ts'
import { rejectsTexts } from '../texts/rejects-texts.ts'
import { runTexts } from '../texts/run-texts.ts'

interface RejectsListOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly limit: number
  readonly json?: true | undefined
}

/** `cauce rejects list`: items with rejects, the newest first, and how often each rule was broken. Shows no rows. */
export async function rejectsListCommand(cli: Cli, options: RejectsListOptions): Promise<number> {
  const { out, speaker } = cli
  await using open = await openProject(cli, options)
  const found = open === undefined ? { items: [], rules: [] } : await lookUp(open, options)
  const shown = found.items.slice(0, options.limit)
  if (options.json === true) {
    const { language } = speaker
    const items = shown.map(({ item, replayed }) => ({
      ...itemDocument(item, open?.labelOf(item) ?? item.state, speaker),
      replayed,
    }))
    const rules = found.rules.map((rule) => ({ ...rule, text: ruleText(rule.code)[language] }))
    out.line(JSON.stringify({ items, rules }, undefined, 2))
    return EXIT_CODES.done
  }
  if (open === undefined) await sayNothingYet(cli, options)
  else if (shown.length === 0) out.line(speaker.say(rejectsTexts.none))
  else {
    for (const line of tableLines(itemsTable(shown, cli), out)) out.line(line)
    if (found.items.length > shown.length) {
      const n = speaker.figures.count(shown.length)
      out.line(`  ${out.paint('quiet', speaker.say(ledgerTexts.moreThere, { n }))}`)
    }
    out.line(`\n${out.paint('heading', speaker.say(rejectsTexts.rulesTitle))}`)
    for (const line of tableLines(ruleTable(found.rules, speaker), out)) out.line(line)
  }
  return EXIT_CODES.done
}

interface RejectedItem {
  readonly item: ItemRow
  /** How many of its rejects were replayed since. */
  readonly replayed: number
}

async function lookUp(
  { ledger }: OpenProject,
  { pipeline, limit }: RejectsListOptions,
): Promise<{ readonly items: readonly RejectedItem[]; readonly rules: readonly BrokenRule[] }> {
  const scope = pipeline === undefined ? {} : { pipeline }
  const rejected = (await listItems(ledger, { ...scope, states: ['ready_with_rejects'] })).slice(0, limit + 1)
  const items: RejectedItem[] = []
  for (const item of rejected) {
    const replayed = item.loadKey === null ? [] : await replayedRecords(ledger, item.loadKey)
    items.push({ item, replayed: replayed.length })
  }
  const rules = await rejectSummary(ledger, scope)
  return { items, rules: rules.filter(({ level }) => level === 'error') }
}

function itemsTable(items: readonly RejectedItem[], { speaker }: Cli): Table {
  const { say, figures } = speaker
  return {
    columns: [
      { title: say(ledgerTexts.number), align: 'right' },
      { title: say(ledgerTexts.pipeline), shrinksTo: 8 },
      { title: say(ledgerTexts.key), shrinksTo: 12 },
      { title: say(ledgerTexts.when), shrinksTo: 10 },
      { title: say(runTexts.rejected), align: 'right' },
      { title: say(rejectsTexts.replayed), align: 'right' },
    ],
    rows: items.map(({ item, replayed }) => [
      { text: String(item.id), style: 'quiet' },
      { text: visibleText(item.pipeline) },
      { text: visibleText(item.key) },
      { text: figures.moment(item.finishedMs ?? item.updatedMs), style: 'quiet' },
      { text: figures.count(item.rejected), style: 'warning' },
      { text: figures.count(replayed), style: replayed === 0 ? 'quiet' : 'good' },
    ]),
  }
}
