import type { Plan, TablePlan } from '../model/plan.ts'
import type { TableShape } from '../connectors/destination.ts'
import { detailColumns, emptyValid } from '../perform/detail-columns.ts'
import { reportRow } from '../perform/report-row.ts'
import type { ReportFacts } from '../perform/task.ts'
import { NO_ROWS } from '../model/item-state.ts'
import { duckdbQuoting, quoteText } from '../plan/duckdb/quote.ts'
import { unsortedTableSql } from '../plan/duckdb/table-sql.ts'
import { fillSql } from '../plan/fill-sql.ts'
import { issue, type Issue } from '../plan/issue.ts'
import { hasKnownColumns, isComplaint, openSqlBench, type SqlBench, sqlComplaint } from './sql-bench.ts'

/** Everything wrong in the SQL of a plan: row checks, patterns, tables and report, compiled by the engine over no rows. */
export async function checkSql(plan: Plan): Promise<readonly Issue[]> {
  await using bench = await openSqlBench(plan)
  return [
    ...(await checkPatterns(bench, plan)),
    ...(await checkRowChecks(bench, plan)),
    ...(await checkTables(bench, plan)),
    ...(await checkReport(bench, plan)),
    ...(await checkRemerge(bench, plan)),
  ]
}

async function checkPatterns({ engine }: SqlBench, { contract }: Plan): Promise<readonly Issue[]> {
  const found: Issue[] = []
  for (const { column, test } of contract.rules)
    if (test.kind === 'matches')
      found.push(
        ...(await complaints(`contract.${column}`, () =>
          engine.run(`SELECT regexp_full_match('', ${quoteText(test.pattern)})`),
        )),
      )
  return found
}

async function checkRowChecks({ engine, facts }: SqlBench, { contract }: Plan): Promise<readonly Issue[]> {
  const found: Issue[] = []
  for (const { code, test } of contract.rules)
    if (test.kind === 'sql') {
      const sql = fillSql(test.sql, facts, duckdbQuoting)
      found.push(
        ...(await complaints(`contract.checks.${code.replace(/^row:/, '')}`, () =>
          engine.run(`SELECT (${sql}) IS NOT TRUE FROM valid`),
        )),
      )
    }
  return found
}

async function checkTables(bench: SqlBench, plan: Plan): Promise<readonly Issue[]> {
  const found: Issue[] = []
  const shapes = new Map<string, TableShape>()
  for (const table of plan.tables.filter((one) => hasKnownColumns(one, plan)))
    found.push(
      ...(await complaints(`tables.${table.name}`, async () => {
        shapes.set(table.name, await bench.shapeOf(table))
      })),
    )
  return [...found, ...plan.tables.flatMap((table) => checkMerged(table, shapes))]
}

/** Columns that merging goes by must be there: in the table itself, or in the detail table it is recomputed from. */
function checkMerged(table: TablePlan, shapes: ReadonlyMap<string, TableShape>): readonly Issue[] {
  const own = shapes.get(table.name)
  const detail = table.detail === undefined ? undefined : shapes.get(table.detail)
  return Object.entries(table.merge).flatMap(([column, merge]) => {
    const where = `tables.${table.name}.merge.${column}`
    if (merge.kind === 'period')
      return merge.dated
        .filter((name) => detail !== undefined && !holds(detail, name))
        .map((name) =>
          issue(
            where,
            `the detail table "${table.detail}" has no column "${name}"; name the one that dates a row`,
            `la tabla de detalle "${table.detail}" no tiene columna "${name}"; nombre la que fecha una fila`,
          ),
        )
    if ((merge.kind === 'first' || merge.kind === 'last') && own !== undefined && !holds(own, merge.by))
      return [
        issue(
          where,
          `the table has no column "${merge.by}" to order by; give one of its own`,
          `la tabla no tiene columna "${merge.by}" por la que ordenar; dé una de las suyas`,
        ),
      ]
    return []
  })
}

function holds({ columns }: TableShape, name: string): boolean {
  return columns.some((column) => column.name === name)
}

async function checkReport({ engine, facts }: SqlBench, plan: Plan): Promise<readonly Issue[]> {
  const { report } = plan
  if (report === undefined) return []
  const found: Issue[] = []
  for (const [name, field] of Object.entries(report.columns)) {
    if (typeof field === 'string') continue
    const alone: Plan = { ...plan, report: { ...report, columns: { [name]: field } } }
    found.push(
      ...(await complaints(`report.columns.${name}`, () => reportRow(engine, alone, NO_FACTS, facts))),
    )
  }
  return found
}

const NO_FACTS: ReportFacts = {
  item: 'item',
  sha256: undefined,
  sizeBytes: 0,
  counts: NO_ROWS,
  state: 'ready',
  attempts: 1,
  startedMs: 0,
  finishedMs: 0,
  backup: undefined,
  sourceDeletedMs: undefined,
  message: undefined,
  run: 'run',
  loadKey: undefined,
}

/**
 * Where versions replace one another, merged tables are worked out again from their detail table: their queries must do with the
 * columns it keeps, and without rejects, of which no table keeps all. (Comes last: the bench has no rejects afterwards.)
 */
async function checkRemerge({ engine, facts }: SqlBench, plan: Plan): Promise<readonly Issue[]> {
  const merged = plan.tables.filter(({ mode, from }) => mode === 'upsert' && from.kind === 'sql')
  if (plan.versions !== 'replace') return []
  const found: Issue[] = []
  for (const table of merged) {
    const detail = plan.tables.find(({ name }) => name === table.detail)
    if (detail === undefined) continue
    const where = `tables.${table.name}.from`
    const issues = await complaints(where, async () => {
      const columns = await detailColumns(engine, plan, detail)
      await emptyValid(engine, { contract: { ...plan.contract, columns } })
      await engine.run('DROP TABLE IF EXISTS rejects')
      await engine.columns(unsortedTableSql(table, plan.contract, facts))
    })
    found.push(
      ...issues.map(({ text }) =>
        issue(
          where,
          `must do with what "${detail.name}" keeps, from which it is worked out again when a version is replaced: ${text.en}`,
          `debe bastarle lo que guarda "${detail.name}", de la que se recalcula al reemplazar una versión: ${text.es}`,
        ),
      ),
    )
  }
  return found
}

/** What the engine holds against a piece of SQL; anything else that goes wrong is thrown. */
async function complaints(where: string, attempt: () => Promise<unknown>): Promise<readonly Issue[]> {
  try {
    await attempt()
    return []
  } catch (error) {
    if (!isComplaint(error)) throw error
    const said = sqlComplaint(error)
    return [issue(where, said, said)]
  }
}
