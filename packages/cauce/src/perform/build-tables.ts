import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import type { ContractPlan, LogicalType, Plan, TablePlan } from '../model/plan.ts'
import type { DestinationColumn, StagingFormat, TableLoad, TableShape } from '../connectors/destination.ts'
import { EngineError } from '../engine/duckdb/engine-error.ts'
import type { Engine, EngineColumn } from '../engine/duckdb/open-engine.ts'
import { duckdbType } from '../plan/duckdb/parse-sql.ts'
import { quoteName } from '../plan/duckdb/quote.ts'
import { stagingSql } from '../plan/duckdb/staging-sql.ts'
import { tableSql, unsortedTableSql } from '../plan/duckdb/table-sql.ts'
import { loadColumnOf } from '../plan/load-column.ts'
import type { ItemFacts } from '../plan/fill-sql.ts'

/** What fitting a table's query to its shape needs to know. */
interface TableRequest {
  readonly engine: Engine
  readonly plan: Plan
  readonly facts: ItemFacts
}

/** Writes every table's rows of the item at hand to the spool, in the destination's staging format, and counts them. */
export async function buildTables(
  request: TableRequest,
  staging: { readonly format: StagingFormat; readonly spoolFolder: string },
): Promise<readonly TableLoad[]> {
  const loads: TableLoad[] = []
  for (const [index, table] of request.plan.tables.entries())
    loads.push(
      await buildTable(request, table, { ...staging, path: join(staging.spoolFolder, `table-${index}`) }),
    )
  return loads
}

/** The shape a table's query gives, without running it. @throws {CauceError} CONFIG_INVALID naming the table */
export async function tableShape(request: TableRequest, table: TablePlan): Promise<TableShape> {
  return (await describe(request, table)).shape
}

async function buildTable(
  request: TableRequest,
  table: TablePlan,
  { format, path }: { readonly format: StagingFormat; readonly path: string },
): Promise<TableLoad> {
  const { engine, facts } = request
  const { shape, query } = await describe(request, table)
  try {
    const { staged, sums } =
      table.mode === 'upsert' ? await materialise(engine, table, query) : { staged: query, sums: {} }
    const rows = await engine.run(stagingSql(staged, shape.columns, format, path))
    return {
      ...shape,
      mode: table.mode,
      path,
      rows,
      fractions: await fractionsOf(engine, shape, staged),
      sums,
      holds: countHeld(table),
    }
  } catch (error) {
    // The query was described, so it is well formed: what fails now is a value, and would fail each time.
    if (!(error instanceof EngineError) || error.kind === 'INTERRUPT') throw error
    throw new CauceError(
      'TABLE_SQL_FAILED',
      { table: table.name, file: facts.item, detail: error.message },
      { cause: error },
    )
  }
}

/** Which count of the item the table's rows are. */
function countHeld({ from, mode }: TablePlan): TableLoad['holds'] {
  if (mode !== 'append' || from.kind === 'sql') return undefined
  return from.kind === 'valid' ? 'loaded' : 'rejected'
}

/** A merged table's rows are computed once and looked at before they are written: keys must be whole and each its own. */
async function materialise(
  engine: Engine,
  table: TablePlan,
  query: string,
): Promise<{ readonly staged: string; readonly sums: Readonly<Record<string, string>> }> {
  const name = quoteName(`merged_${table.name}`)
  await engine.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${query}`)
  const key = table.key.map(quoteName)
  const summed = Object.entries(table.merge).flatMap(([column, { kind }]) =>
    kind === 'sum' || kind === 'period' ? [column] : [],
  )
  const [found] = await engine.rows(
    `SELECT ${[
      'count(*) AS all_rows',
      `count(*) FILTER (WHERE ${key.map((column) => `${column} IS NULL`).join(' OR ')}) AS keyless`,
      `count(DISTINCT (${key.join(', ')})) AS keys`,
      ...summed.map((column, i) => `CAST(coalesce(sum(${quoteName(column)}), 0) AS VARCHAR) AS sum_${i}`),
    ].join(', ')} FROM ${name}`,
  )
  const [all, keyless, keys] = [found?.['all_rows'], found?.['keyless'], found?.['keys']].map(Number)
  if (keyless !== 0 || all !== keys)
    throw new CauceError('CONFIG_INVALID', {
      where: `tables.${table.name}.from`,
      detail:
        keyless === 0
          ? `gives ${all} rows for ${keys} keys; GROUP BY the key`
          : `gives ${keyless} rows without a key; leave them out`,
    })
  return {
    staged: `SELECT * FROM ${name}`,
    sums: Object.fromEntries(summed.map((column, i) => [column, String(found?.[`sum_${i}`])])),
  }
}

/** Which columns hold a moment with a fraction of a second. */
async function fractionsOf(
  engine: Engine,
  { columns }: TableShape,
  query: string,
): Promise<readonly string[]> {
  const moments = columns.filter(
    ({ type }) => (type.kind === 'timestamp' || type.kind === 'time') && type.fraction !== false,
  )
  if (moments.length === 0) return []
  const tests = moments.map(
    ({ name }) =>
      `coalesce(bool_or(date_part('microsecond', ${quoteName(name)}) % 1000000 <> 0), false) AS ${quoteName(name)}`,
  )
  const [row] = await engine.rows(`SELECT ${tests.join(', ')} FROM (${query})`)
  return moments.flatMap(({ name }) => (row?.[name] === true ? [name] : []))
}

/** The query with each column cast to a type every destination has (a sum of integers is 128 bits wide, say), and its shape. */
async function describe(
  { engine, plan, facts }: TableRequest,
  table: TablePlan,
): Promise<{ readonly shape: TableShape; readonly query: string }> {
  const query = tableSql(table, plan.contract, facts)
  const where = `tables.${table.name}`
  const found = await columnsOf({ engine, plan, facts }, table)
  const missing = [...table.key, ...Object.keys(table.merge)].filter(
    (name) => !found.some((column) => column.name === name),
  )
  const unmerged =
    table.mode === 'upsert'
      ? found.filter(({ name }) => !table.key.includes(name) && !(name in table.merge))
      : []
  if (missing.length > 0 || unmerged.length > 0)
    throw new CauceError('CONFIG_INVALID', {
      where,
      detail:
        missing.length > 0
          ? `the query gives no column ${missing.join(', ')}`
          : `say in \`merge\` how ${unmerged.map(({ name }) => name).join(', ')} meets what is stored`,
    })
  const loadColumn = loadColumnOf(table)
  const columns = found.map(({ name, type, duckdbType: actual }) => {
    if (type === undefined)
      throw new CauceError('CONFIG_INVALID', {
        where,
        detail: `column ${name} is ${actual}; cast it to text or JSON`,
      })
    return destinationColumn({ name, type }, table, plan.contract)
  })
  const casts = found.flatMap(({ name, duckdbType: actual }, i) => {
    const wanted = duckdbType(columns[i]?.type ?? { kind: 'text', maxLength: undefined })
    return actual === wanted ? [] : [`CAST(${quoteName(name)} AS ${wanted}) AS ${quoteName(name)}`]
  })
  return {
    shape: {
      name: table.name,
      columns,
      key: table.key,
      merge: table.merge,
      identity: [],
      loadColumn:
        loadColumn === undefined ? undefined : { name: loadColumn, indexed: plan.versions === 'replace' },
    },
    query: casts.length === 0 ? query : `SELECT * REPLACE (${casts.join(', ')}) FROM (${query})`,
  }
}

/** Columns of tables already described, by plan and table: an item changes a query's values, never its types. */
const describedColumns = new Map<string, readonly EngineColumn[]>()
const MOST_DESCRIBED = 500

/** @throws {CauceError} CONFIG_INVALID: the query cannot be compiled */
async function columnsOf(
  { engine, plan, facts }: TableRequest,
  table: TablePlan,
): Promise<readonly EngineColumn[]> {
  const key = `${plan.hash} ${JSON.stringify(table)}`
  const known = describedColumns.get(key)
  if (known !== undefined) return known
  try {
    const found = await engine.columns(unsortedTableSql(table, plan.contract, facts))
    if (describedColumns.size >= MOST_DESCRIBED) describedColumns.clear()
    describedColumns.set(key, found)
    return found
  } catch (error) {
    throw new CauceError('CONFIG_INVALID', {
      where: `tables.${table.name}`,
      detail: error instanceof Error ? error.message : String(error),
    })
  }
}

/** A column that carries a contract's column on has its length and its nullability. */
function destinationColumn(
  { name, type }: { readonly name: string; readonly type: LogicalType },
  table: TablePlan,
  contract: ContractPlan,
): DestinationColumn {
  const isKey = table.key.includes(name)
  if (name === loadColumnOf(table))
    return { name, type: { kind: 'text', maxLength: 64 }, nullable: table.from.kind === 'rejects' }
  const origin =
    table.from.kind === 'rejects' ? undefined : contract.columns.find((column) => column.name === name)
  const isCarried = origin !== undefined && origin.type.kind === type.kind
  const nullable = !isKey && !(isCarried && table.from.kind === 'valid' && !origin.nullable)
  // A query may have made more of a decimal or a moment than the contract's; only it knows.
  const isSized = type.kind === 'text' || type.kind === 'time'
  return { name, type: isCarried && isSized ? origin.type : type, nullable }
}
