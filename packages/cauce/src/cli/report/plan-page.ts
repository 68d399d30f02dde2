import type { ColumnPlan, LogicalType, MergePlan, Plan, Rule } from '../../model/plan.ts'
import { ruleText, testText } from '../../model/rule-texts.ts'
import type { ExplainedPlan, ExplainedTable } from '../../ops/explain-plan.ts'
import type { Cli } from '../cli.ts'
import type { Speaker } from '../speaker.ts'
import type { Table, TableCell } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { ledgerTexts } from '../texts/ledger-texts.ts'
import { mergeTexts, modeTexts, planTexts, typeTexts, unitTexts } from '../texts/plan-texts.ts'
import { showPlanFacts } from './plan-facts.ts'

/** A compiled plan for people: where from, how read, which columns and rules, into which tables. */
export function showPlan(cli: Cli, { plan, tables }: ExplainedPlan): void {
  const { out, speaker } = cli
  const { contract } = plan
  showPlanFacts(cli, plan)
  const name = visibleText(contract.name)
  if (contract.derived !== true) {
    out.line(`\n${out.paint('heading', speaker.say(planTexts.columnsTitle, { name }))}`)
    for (const line of tableLines(columnTable(contract.columns, speaker), out)) out.line(line)
  }
  out.line(`\n${out.paint('heading', speaker.say(planTexts.rulesTitle))}`)
  for (const line of tableLines(ruleTable(plan, speaker), out)) out.line(line)
  out.line(`\n${out.paint('heading', speaker.say(planTexts.tablesTitle))}`)
  for (const table of tables) showTable(cli, table)
}

function columnTable(columns: readonly ColumnPlan[], { say }: Speaker): Table {
  return {
    columns: [
      { title: say(planTexts.column), shrinksTo: 10 },
      { title: say(planTexts.type), shrinksTo: 8 },
      { title: say(planTexts.header), shrinksTo: 10 },
      { title: say(planTexts.mayBeNull), dropRank: 2 },
      { title: say(planTexts.form), shrinksTo: 10, dropRank: 1 },
    ],
    rows: columns.map(({ name, type, headers, anyHeader, nullable, parse }) => {
      const header = visibleText(headers.join(', '))
      const form = 'format' in parse ? parse.format : ''
      return [
        { text: visibleText(name) },
        { text: typeWord(type, say) },
        { text: anyHeader ? say(planTexts.anyHeader, { header }) : header, style: 'quiet' },
        nullable ? { text: say(planTexts.yes) } : { text: '', isEmpty: true },
        form === '' ? { text: '', isEmpty: true } : { text: visibleText(form), style: 'quiet' },
      ]
    }),
  }
}

function typeWord(type: LogicalType, say: Speaker['say']): string {
  const word = say(typeTexts[type.kind])
  if (type.kind === 'decimal') return `${word}(${type.precision},${type.scale})`
  return type.kind === 'text' && type.maxLength !== undefined ? `${word}(${type.maxLength})` : word
}

function ruleTable({ contract }: Plan, { say, language }: Speaker): Table {
  const level = (rule: Rule): TableCell =>
    rule.level === 'error'
      ? { text: say(ledgerTexts.levelError), style: 'bad' }
      : { text: say(ledgerTexts.levelWarning), style: 'warning' }
  return {
    columns: [
      { title: say(ledgerTexts.code) },
      { title: say(ledgerTexts.level) },
      { title: say(ledgerTexts.meaning), dropRank: 1 },
      { title: say(planTexts.asks), shrinksTo: 12, wraps: true },
    ],
    rows: contract.rules.map((rule) => [
      { text: visibleText(rule.code) },
      level(rule),
      { text: visibleText(ruleText(rule.code)[language]) },
      { text: visibleText(askedFor(rule, language)), style: 'quiet' },
    ]),
  }
}

/** A check's own SQL says best what it asks for. */
function askedFor(rule: Rule, language: Speaker['language']): string {
  const { test } = rule
  if (test.kind !== 'sql') return testText(rule)[language]
  return test.sql.pieces
    .map((piece) => {
      if ('text' in piece) return piece.text
      if ('name' in piece) return piece.name
      return 'value' in piece ? String(piece.value) : `{${piece.reference}}`
    })
    .join('')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function showTable({ out, speaker }: Cli, { table, shape, complaint }: ExplainedTable): void {
  const { say } = speaker
  const source = { valid: planTexts.fromValid, rejects: planTexts.fromRejects, sql: planTexts.fromQuery }[
    table.from.kind
  ]
  const facts = [say(modeTexts[table.mode]), say(source)]
  if (table.detail !== undefined) facts.push(say(planTexts.detail, { table: visibleText(table.detail) }))
  const lead = `  ${out.paint('heading', visibleText(table.name))}  `
  out.line(wrapLine(out, lead, facts.map((fact) => out.paint('quiet', fact)).join(' · ')))
  if (complaint !== undefined) {
    const why = say(planTexts.broken, { why: visibleText(complaint) })
    out.line(wrapLine(out, `    ${out.paint('bad', '✗')} `, why, 6))
  }
  if (shape === undefined) {
    if (complaint === undefined) out.line(wrapLine(out, '    ', say(planTexts.columnsOfFile), 4))
    return
  }
  const hasMerge = table.mode === 'upsert'
  const lines = tableLines(
    {
      columns: [
        { title: say(planTexts.column), shrinksTo: 10 },
        { title: say(planTexts.type) },
        ...(hasMerge ? [{ title: say(planTexts.meets), shrinksTo: 16, wraps: true }] : []),
      ],
      rows: shape.columns.map(({ name, type }) => [
        { text: visibleText(name) },
        { text: typeWord(type, say) },
        ...(hasMerge
          ? [{ text: mergeWord(name, table.key, table.merge[name], say), style: 'quiet' as const }]
          : []),
      ]),
    },
    out,
  )
  for (const line of lines) out.line(`  ${line}`)
}

function mergeWord(
  column: string,
  key: readonly string[],
  merge: MergePlan | undefined,
  say: Speaker['say'],
): string {
  if (key.includes(column)) return say(planTexts.isKey)
  if (merge === undefined) return ''
  if (merge.kind === 'period')
    return say(mergeTexts.period, { unit: say(unitTexts[merge.unit]), by: merge.dated.join(', ') })
  return say(mergeTexts[merge.kind], 'by' in merge ? { by: merge.by } : {})
}
