import { EXIT_CODES } from '../../model/error-class.ts'
import type { RuleCount } from '../../model/rule-count.ts'
import { ruleText } from '../../model/rule-texts.ts'
import { listItems } from '../../ledger/list-items.ts'
import { rejectSummary } from '../../ledger/reject-summary.ts'
import { replayedRecords } from '../../ledger/replayed-records.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, sayNothingYet, type OpenProject } from '../open-project.ts'
import { itemDocument } from '../report/item-document.ts'
import { ruleTable } from '../report/item-page.ts'
import type { Table } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
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

/** Replays are left out: what they reject again is still a reject of the load it came from. */
async function lookUp(
  { ledger }: OpenProject,
  { pipeline, limit }: RejectsListOptions,
): Promise<{ readonly items: readonly RejectedItem[]; readonly rules: readonly RuleCount[] }> {
  const scope = pipeline === undefined ? {} : { pipeline }
  const found = await listItems(ledger, { ...scope, states: ['ready_with_rejects'] })
  const items: RejectedItem[] = []
  const rows = new Map<string, number>()
  for (const item of found.filter(({ kind }) => kind === 'file').slice(0, limit + 1)) {
    const replayed = item.loadKey === null ? [] : await replayedRecords(ledger, item.loadKey)
    items.push({ item, replayed: replayed.length })
    for (const rule of await rejectSummary(ledger, { itemId: item.id }))
      if (rule.level === 'error') rows.set(rule.code, (rows.get(rule.code) ?? 0) + rule.rows)
  }
  const rules = [...rows].map(([code, count]) => ({ code, level: 'error' as const, rows: count }))
  return { items, rules: rules.toSorted((one, other) => other.rows - one.rows) }
}

function itemsTable(items: readonly RejectedItem[], { speaker, clock }: Cli): Table {
  const { say, figures } = speaker
  return {
    columns: [
      { title: say(ledgerTexts.number), align: 'right' },
      { title: say(ledgerTexts.pipeline), shrinksTo: 8 },
      { title: say(ledgerTexts.key), shrinksTo: 24 },
      { title: say(ledgerTexts.when), dropRank: 1 },
      { title: say(runTexts.rejected), align: 'right' },
      { title: say(rejectsTexts.replayed), align: 'right' },
    ],
    rows: items.map(({ item, replayed }) => [
      { text: String(item.id), style: 'quiet' },
      { text: visibleText(item.pipeline) },
      { text: visibleText(item.key) },
      { text: figures.recent(item.finishedMs ?? item.updatedMs, clock.now()), style: 'quiet' },
      { text: figures.count(item.rejected), style: 'warning' },
      { text: figures.count(replayed), style: replayed === 0 ? 'quiet' : 'good' },
    ]),
  }
}
