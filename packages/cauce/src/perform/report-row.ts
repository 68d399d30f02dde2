import type { LogicalType, Plan, ReportField } from '../model/plan.ts'
import type { DestinationColumn, ReportRow } from '../connectors/destination.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { fillSql, type ItemFacts } from '../plan/fill-sql.ts'
import { duckdbQuoting, quoteName } from '../plan/duckdb/quote.ts'
import { duckdbType } from '../plan/duckdb/parse-sql.ts'
import { lastPart } from './item-facts.ts'
import type { ReportFacts } from './task.ts'

const TEXT: LogicalType = { kind: 'text', maxLength: undefined }
const NAME: LogicalType = { kind: 'text', maxLength: 700 }
const HASH: LogicalType = { kind: 'text', maxLength: 64 }
const WORD: LogicalType = { kind: 'text', maxLength: 100 }
const COUNT: LogicalType = { kind: 'integer' }
const MOMENT: LogicalType = { kind: 'timestamp', fraction: false }

const FIELD_TYPES: Readonly<Record<ReportField, LogicalType>> = {
  item: NAME,
  file: NAME,
  sha256: HASH,
  bytes: COUNT,
  read: COUNT,
  loaded: COUNT,
  rejected: COUNT,
  skipped: COUNT,
  warnings: COUNT,
  state: WORD,
  attempts: COUNT,
  started_at: MOMENT,
  finished_at: MOMENT,
  backup: TEXT,
  source_deleted_at: MOMENT,
  message: TEXT,
  run: WORD,
  load_key: HASH,
}

/**
 * The pipeline's load report row for one item version: the facts under the names the pipeline gave them, times in UTC.
 * @returns undefined when the pipeline keeps no report
 */
export async function reportRow(
  engine: Engine,
  plan: Plan,
  facts: ReportFacts,
  itemFacts: ItemFacts,
): Promise<ReportRow | undefined> {
  const { report } = plan
  if (report === undefined) return undefined
  const values = fieldValues(plan, facts)
  const columns: DestinationColumn[] = []
  const row: Record<string, string | number | null> = {}
  for (const [name, field] of Object.entries(report.columns)) {
    if (typeof field === 'string') {
      columns.push({
        name,
        type: FIELD_TYPES[field],
        nullable: !IDENTITY.includes(field) || field === 'sha256',
      })
      row[name] = values[field]
      continue
    }
    const query = `SELECT ${fillSql(field, itemFacts, duckdbQuoting)} AS ${quoteName(name)} FROM (SELECT ${literals(values)})`
    const [described] = await engine.columns(query)
    const [computed] = await engine.rows(`SELECT CAST(${quoteName(name)} AS VARCHAR) AS v FROM (${query})`)
    columns.push({ name, type: described?.type ?? TEXT, nullable: true })
    row[name] = computed?.['v'] === undefined || computed['v'] === null ? null : String(computed['v'])
  }
  // The item stands first, in whatever order the columns were declared: rows are told apart by it before all.
  const identity = IDENTITY.flatMap((field) =>
    Object.entries(report.columns).flatMap(([name, held]) => (held === field ? [name] : [])),
  )
  return { table: { name: report.table, columns, key: [], merge: {}, identity }, values: row }
}

const IDENTITY: readonly ReportField[] = ['item', 'file', 'sha256']

function fieldValues(plan: Plan, facts: ReportFacts): Readonly<Record<ReportField, string | number | null>> {
  return {
    item: facts.item,
    file: lastPart(facts.item),
    sha256: facts.sha256 ?? null,
    bytes: facts.sizeBytes,
    read: facts.counts.read,
    loaded: facts.counts.loaded,
    rejected: facts.counts.rejected,
    skipped: facts.counts.skipped,
    warnings: facts.counts.warnings,
    state: plan.states[facts.state] ?? facts.state,
    attempts: facts.attempts,
    started_at: sqlMoment(facts.startedMs),
    finished_at: sqlMoment(facts.finishedMs),
    backup: facts.backup ?? null,
    source_deleted_at: facts.sourceDeletedMs === undefined ? null : sqlMoment(facts.sourceDeletedMs),
    message: facts.message ?? null,
    run: facts.run,
    load_key: facts.loadKey ?? null,
  }
}

function sqlMoment(atMs: number): string {
  return new Date(Math.floor(atMs / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ')
}

function literals(values: Readonly<Record<ReportField, string | number | null>>): string {
  return Object.entries(FIELD_TYPES)
    .map(([field, type]) => {
      const value = values[field as ReportField]
      return `CAST(${duckdbQuoting.value(value)} AS ${duckdbType(type)}) AS ${quoteName(field)}`
    })
    .join(', ')
}
