import type { RuleCount } from '../../model/rule-count.ts'
import { ruleText } from '../../model/rule-texts.ts'
import type { ItemHistory } from '../../ledger/item-history.ts'
import { workerName } from '../../ledger/process-identity.ts'
import { storedError } from '../../ledger/stored-error.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { errorText } from '../show-error.ts'
import type { Speaker } from '../speaker.ts'
import type { Table } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { textWidth } from '../terminal/text-width.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { ledgerCounts, ledgerTexts } from '../texts/ledger-texts.ts'
import { runTexts } from '../texts/run-texts.ts'
import { remedyFor } from './item-list.ts'
import { stateStyle } from './state-style.ts'

/** One item with all that is known of it. */
export interface ShownItem {
  readonly item: ItemRow
  readonly label: string
  readonly history: ItemHistory
}

/** Everything about one item, for people. */
export function showItem(cli: Cli, options: CommonOptions, shown: ShownItem): void {
  const { out, speaker } = cli
  const { item, label, history } = shown
  out.line(
    `${out.paint('heading', visibleText(item.key))}  ${out.paint(stateStyle(item.state), visibleText(label))}`,
  )
  const facts = factsOf(shown, speaker).filter(([, text]) => text !== undefined)
  const width = Math.max(...facts.map(([name]) => textWidth(name)))
  for (const [name, text = ''] of facts) {
    const lead = `  ${out.paint('quiet', name)}${' '.repeat(width - textWidth(name))}  `
    for (const [index, line] of text.split('\n').entries())
      out.line(index === 0 ? wrapLine(out, lead, line, width + 4) : line)
  }
  const remedy = remedyFor(cli, options, item)
  if (remedy !== undefined) out.line(wrapLine(out, `  ${out.paint('good', '→')} `, remedy, 4))
  section(cli, speaker.say(ledgerTexts.rulesTitle), ruleTable(history.ruleCounts, speaker))
  section(cli, speaker.say(ledgerTexts.attemptsTitle), attemptTable(history, speaker))
  section(cli, speaker.say(ledgerTexts.historyTitle), transitionTable(history, speaker))
}

function section({ out }: Cli, title: string, table: Table): void {
  if (table.rows.length === 0) return
  out.line(`\n${out.paint('heading', title)}`)
  for (const line of tableLines(table, out)) out.line(line)
}

function factsOf(
  { item, label }: ShownItem,
  speaker: Speaker,
): readonly (readonly [string, string | undefined])[] {
  const { say, figures, count } = speaker
  const moment = (ms: number | null): string | undefined => (ms === null ? undefined : figures.moment(ms))
  const error = storedError(item)
  const state = label === item.state ? item.state : `${label} (${item.state})`
  return [
    [say(ledgerTexts.number), String(item.id)],
    [say(ledgerTexts.pipeline), visibleText(item.pipeline)],
    [say(ledgerTexts.kind), kindOf(item, speaker)],
    [say(ledgerTexts.state), `${visibleText(state)}, ${count(ledgerCounts.tries, item.attempts)}`],
    [say(ledgerTexts.heldBy), heldBy(item, speaker)],
    [say(ledgerTexts.rows), rowsOf(item, speaker)],
    [say(ledgerTexts.size), item.sizeBytes === null ? undefined : figures.bytes(item.sizeBytes)],
    [say(ledgerTexts.modified), moment(item.modifiedMs)],
    ['sha256', item.sha256 ?? undefined],
    [say(ledgerTexts.load), item.loadKey ?? undefined],
    [say(ledgerTexts.run), item.runId],
    [say(ledgerTexts.backup), item.backup === null ? undefined : visibleText(item.backup)],
    [say(ledgerTexts.deletedAtSource), moment(item.sourceDeletedMs)],
    [say(ledgerTexts.error), error === undefined ? undefined : errorText(error, speaker)],
  ]
}

function kindOf({ kind, originLoadKey }: ItemRow, { say }: Speaker): string {
  if (kind === 'file') return say(ledgerTexts.kindFile)
  return say(ledgerTexts.kindReplay, { load: (originLoadKey ?? '').slice(0, 16) })
}

function heldBy(
  { ownerHost, ownerPid, leaseUntilMs }: ItemRow,
  { say, figures }: Speaker,
): string | undefined {
  if (ownerHost === null || ownerPid === null || leaseUntilMs === null) return undefined
  const owner = workerName({ host: ownerHost, pid: ownerPid })
  return say(ledgerTexts.heldUntil, { owner, moment: figures.moment(leaseUntilMs) })
}

function rowsOf(item: ItemRow, { say, figures }: Speaker): string {
  return (['read', 'loaded', 'rejected', 'skipped', 'warnings'] as const)
    .map((name) => `${figures.count(item[name])} ${say(runTexts[name])}`)
    .join(', ')
}

/** Broken rules with their meaning, the most frequent first. */
export function ruleTable(counts: readonly RuleCount[], speaker: Speaker): Table {
  const { say, figures, language } = speaker
  return {
    columns: [
      { title: say(ledgerTexts.code) },
      { title: say(ledgerTexts.level) },
      { title: say(ledgerTexts.rows), align: 'right' },
      { title: say(ledgerTexts.meaning), shrinksTo: 20, wraps: true },
    ],
    rows: counts.map(({ code, level, rows }) => [
      { text: visibleText(code) },
      level === 'error'
        ? { text: say(ledgerTexts.levelError), style: 'bad' }
        : { text: say(ledgerTexts.levelWarning), style: 'warning' },
      { text: figures.count(rows) },
      { text: visibleText(ruleText(code)[language]), style: 'quiet' },
    ]),
  }
}

function attemptTable({ attempts }: ItemHistory, { say, figures }: Speaker): Table {
  return {
    columns: [
      { title: say(ledgerTexts.attempt), align: 'right' },
      { title: say(ledgerTexts.started) },
      { title: say(ledgerTexts.took), align: 'right', dropRank: 2 },
      { title: say(ledgerTexts.outcome) },
      { title: say(ledgerTexts.stage) },
      { title: say(ledgerTexts.error), shrinksTo: 12 },
      { title: say(ledgerTexts.by), shrinksTo: 8, dropRank: 1 },
    ],
    rows: attempts.map((attempt) => [
      { text: String(attempt.number) },
      { text: figures.moment(attempt.startedMs) },
      { text: attempt.finishedMs === null ? '' : figures.duration(attempt.finishedMs - attempt.startedMs) },
      { text: attempt.outcome ?? '' },
      { text: attempt.stage ?? '' },
      { text: attempt.errorCode ?? '', style: 'bad' },
      { text: attempt.worker, style: 'quiet' },
    ]),
  }
}

function transitionTable({ transitions }: ItemHistory, { say, figures }: Speaker): Table {
  return {
    columns: [
      { title: say(ledgerTexts.when) },
      { title: say(ledgerTexts.from) },
      { title: say(ledgerTexts.to) },
      { title: say(ledgerTexts.by), shrinksTo: 8 },
      { title: say(ledgerTexts.reason), shrinksTo: 12, wraps: true },
    ],
    rows: transitions.map(({ atMs, fromState, toState, worker, reason }) => [
      { text: figures.moment(atMs) },
      { text: fromState ?? '' },
      { text: toState, style: stateStyle(toState) },
      { text: visibleText(worker), style: 'quiet' },
      { text: visibleText(reason ?? ''), style: 'quiet' },
    ]),
  }
}
