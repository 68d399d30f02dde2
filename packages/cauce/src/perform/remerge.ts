import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import type { LogicalType, TablePlan } from '../model/plan.ts'
import type {
  Destination,
  DetailReader,
  Remerge,
  RemergedRows,
  StagedRows,
  TableLoad,
} from '../connectors/destination.ts'
import { EngineError } from '../engine/duckdb/engine-error.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { quoteName } from '../plan/duckdb/quote.ts'
import { foldSql, rememberedColumns } from '../plan/duckdb/remerge-sql.ts'
import { stagedRelationSql, stagingSql } from '../plan/duckdb/staging-sql.ts'
import { detailColumns } from './detail-columns.ts'
import { makeRowsByLoad } from './rows-by-load.ts'
import type { ItemTask } from './task.ts'

export interface RemergeTools {
  readonly task: ItemTask
  readonly engine: Engine
  readonly destination: Destination
}

/** How a load that takes the place of others works merged rows out again; files lie in the task's spool folder. */
export function remergeOf(tools: RemergeTools): Remerge {
  return {
    touched: async (table, detail) => touchedKeys(tools, table, detail),
    merged: async (table, detail) => mergedAgain(tools, table, detail),
  }
}

/** The keys of the replaced rows and of the new ones, kept as the table `touched_…` too. */
async function touchedKeys(tools: RemergeTools, table: TableLoad, detail: DetailReader): Promise<StagedRows> {
  const { engine, destination } = tools
  const rows = await rowsByLoad(tools, table, detail, undefined)
  const names = table.columns.map(({ name }) => quoteName(name)).join(', ')
  const key = table.key.map(quoteName).join(', ')
  const fresh = stagedRelationSql(table.columns, destination.capabilities.stagingFormat, table.path)
  const touched = touchedTable(table)
  return speakingOf(tools, table, async () => {
    await engine.run(
      `CREATE OR REPLACE TEMP TABLE ${touched} AS SELECT DISTINCT ON (${key}) ${names}
      FROM (SELECT ${names} FROM ${rows} UNION ALL SELECT ${names} FROM (${fresh})) ORDER BY ${key}`,
    )
    return stage(
      tools,
      { of: table, what: 'touched', columns: table.columns },
      `SELECT * FROM ${touched} ORDER BY ${key}`,
    )
  })
}

async function mergedAgain(
  tools: RemergeTools,
  table: TableLoad,
  detail: DetailReader,
): Promise<RemergedRows> {
  const { engine } = tools
  const touched = touchedTable(table)
  const rows = await rowsByLoad(tools, table, detail, touched)
  const columns = [...table.columns, ...rememberedColumns(table, table.columns)]
  const key = table.key.map(quoteName).join(', ')
  const again = quoteName(`again_${table.name}`)
  return speakingOf(tools, table, async () => {
    await engine.run(`CREATE OR REPLACE TEMP TABLE ${again} AS ${foldSql(table, table.columns, rows)}`)
    return {
      ...(await stage(
        tools,
        { of: table, what: 'again', columns },
        `SELECT * FROM ${again} ORDER BY ${key}`,
      )),
      columns,
      sums: await sumsOf(engine, table, again),
      vanished: await stage(
        tools,
        {
          of: table,
          what: 'vanished',
          columns: table.key.flatMap((name) => table.columns.filter((column) => column.name === name)),
        },
        `SELECT ${key} FROM ${touched} ANTI JOIN ${again} USING (${key}) ORDER BY ${key}`,
      ),
    }
  })
}

/**
 * Reads a merged table's detail rows back and makes of them what each load brought: the table named by the result. With `touched`,
 * only keys in that table.
 */
async function rowsByLoad(
  tools: RemergeTools,
  table: TableLoad,
  detail: DetailReader,
  touched: string | undefined,
): Promise<string> {
  const { task, engine, destination } = tools
  const { planned, source } = plannedTables(task, table)
  const columns = await detailColumns(engine, task.plan, source)
  const path = join(task.spoolFolder, `${fileName(tools, table)}-detail`)
  const kept = [...columns, ...LOAD_COLUMNS]
  await detail.rows({
    table: source.name,
    loadColumn: '_cauce_load',
    columns: kept.map(({ name }) => name),
    key: planned.from.kind === 'valid' ? planned.key : undefined,
    path,
  })
  const relation = stagedRelationSql(kept, destination.capabilities.stagingFormat, path)
  await speakingOf(tools, table, async () =>
    engine.run(`CREATE OR REPLACE TEMP TABLE detail AS ${relation} ORDER BY _cauce_load, _cauce_record`),
  )
  return makeRowsByLoad({
    ...tools,
    table,
    planned,
    columns,
    touched,
    loadsOf: detail.loads,
    guarded: async (work) => speakingOf(tools, table, work),
  })
}

const LOAD_COLUMNS: readonly { readonly name: string; readonly type: LogicalType }[] = [
  { name: '_cauce_load', type: { kind: 'text', maxLength: 64 } },
  { name: '_cauce_record', type: { kind: 'integer' } },
]

function plannedTables(
  { plan }: ItemTask,
  { name }: TableLoad,
): { readonly planned: TablePlan; readonly source: TablePlan } {
  const planned = plan.tables.find((table) => table.name === name)
  const source = plan.tables.find((table) => table.name === planned?.detail)
  if (planned === undefined || source === undefined)
    throw new CauceError('CONFIG_INVALID', { where: `tables.${name}`, detail: 'has no detail table' })
  return { planned, source }
}

interface StageRequest {
  readonly of: TableLoad
  readonly what: string
  readonly columns: readonly { readonly name: string; readonly type: LogicalType }[]
}

async function stage(
  tools: RemergeTools,
  { of, what, columns }: StageRequest,
  query: string,
): Promise<StagedRows> {
  const path = join(tools.task.spoolFolder, `${fileName(tools, of)}-${what}`)
  const format = tools.destination.capabilities.stagingFormat
  return { path, rows: await tools.engine.run(stagingSql(query, columns, format, path)) }
}

/** Names of tables are not for files. */
function fileName({ task }: RemergeTools, { name }: TableLoad): string {
  return `remerge-${task.plan.tables.findIndex((table) => table.name === name)}`
}

function touchedTable({ name }: TableLoad): string {
  return quoteName(`touched_${name}`)
}

/** As when the table was built: what the destination's own sums are to be. */
async function sumsOf(
  engine: Engine,
  { merge }: TableLoad,
  relation: string,
): Promise<Readonly<Record<string, string>>> {
  const summed = Object.entries(merge).flatMap(([column, { kind }]) =>
    kind === 'sum' || kind === 'period' ? [column] : [],
  )
  if (summed.length === 0) return {}
  const totals = summed.map(
    (column, index) => `CAST(coalesce(sum(${quoteName(column)}), 0) AS VARCHAR) AS sum_${index}`,
  )
  const [found] = await engine.rows(`SELECT ${totals.join(', ')} FROM ${relation}`)
  return Object.fromEntries(summed.map((column, index) => [column, String(found?.[`sum_${index}`])]))
}

/** A query that fails over rows read back would fail each time. */
async function speakingOf<Result>(
  { task }: RemergeTools,
  table: TableLoad,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === 'INTERRUPT') throw error
    throw new CauceError(
      'TABLE_SQL_FAILED',
      { table: table.name, file: task.item.entry.key, detail: error.message },
      { cause: error },
    )
  }
}
