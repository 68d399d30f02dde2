import type { LoadRecord, TableLoad } from '../connectors/destination.ts'
import type { ColumnPlan, TablePlan } from '../model/plan.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { duckdbType } from '../plan/duckdb/parse-sql.ts'
import { quoteName, quoteText } from '../plan/duckdb/quote.ts'
import { LOAD_ITEM, LOAD_PLACE } from '../plan/duckdb/remerge-sql.ts'
import { mergedRows, unsortedTableSql } from '../plan/duckdb/table-sql.ts'
import { itemFacts } from './item-facts.ts'
import type { ItemTask } from './task.ts'

export interface RowsByLoadRequest {
  readonly task: ItemTask
  readonly engine: Engine
  readonly table: TableLoad
  readonly planned: TablePlan
  /** The contract's columns in the table `detail`, beside the load and the record of each row. */
  readonly columns: readonly ColumnPlan[]
  /** A table of the only keys wanted; undefined: all. */
  readonly touched: string | undefined
  readonly loadsOf: (loadKeys: readonly string[]) => Promise<readonly LoadRecord[]>
  /** Runs what may fail by the pipeline's own SQL. */
  readonly guarded: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/** A load that has rows in the detail table; undefined key: rows that no load of ours brought. */
interface DetailLoad {
  readonly loadKey: string | undefined
  readonly place: number
  readonly item: string
  readonly record: LoadRecord | undefined
}

/**
 * Makes of the rows in `detail` those that each load brought to a merged table: the table's own query, load by load, since a query
 * need not be one that may run over two files as over one.
 * @returns the table they are in
 */
export async function makeRowsByLoad(request: RowsByLoadRequest): Promise<string> {
  const { engine, table, planned, columns, guarded } = request
  const loads = await detailLoads(request)
  await guarded(async () => {
    const types = table.columns.map(({ name, type }) => `${quoteName(name)} ${duckdbType(type)}`)
    await engine.run(
      `CREATE OR REPLACE TEMP TABLE rows_by_load (${[`${LOAD_PLACE} BIGINT`, `${LOAD_ITEM} VARCHAR`, ...types].join(', ')})`,
    )
    const names = columns.map(({ name }) => quoteName(name))
    const rows = `SELECT ${names.join(', ')}, coalesce(_cauce_record, rowid + 1) AS _record, _cauce_load FROM detail`
    if (planned.from.kind === 'valid') await mergeAtOnce(request, loads, rows)
    else await mergeOneByOne(request, loads, { rows, names })
  })
  return 'rows_by_load'
}

/** Merging straight from the valid rows is a query of ours: it can be asked of all loads together. */
async function mergeAtOnce(
  request: RowsByLoadRequest,
  loads: readonly DetailLoad[],
  rows: string,
): Promise<void> {
  const { engine, planned, task } = request
  await engine.run('CREATE OR REPLACE TEMP TABLE detail_loads (load_key VARCHAR, place BIGINT, item VARCHAR)')
  await engine.appendRows(
    'detail_loads',
    loads.map(({ loadKey, place, item }) => [loadKey ?? null, place, item]),
  )
  const facts = itemFacts({
    item: '',
    sha256: '',
    loadKey: '',
    run: task.run,
    referenceDate: task.referenceDate,
  })
  const merged = mergedRows(planned, facts, `(${rows})`, ['_cauce_load'])
  await engine.run(
    `INSERT INTO rows_by_load SELECT loads.place, loads.item, ${cast(request, 'merged.')} FROM (${merged}) AS merged
    JOIN detail_loads AS loads ON loads.load_key IS NOT DISTINCT FROM merged._cauce_load ${wantedKeys(request)}`,
  )
}

async function mergeOneByOne(
  request: RowsByLoadRequest,
  loads: readonly DetailLoad[],
  { rows, names }: { readonly rows: string; readonly names: readonly string[] },
): Promise<void> {
  const { engine, planned, task } = request
  // A query may join rejects, of which no table keeps all: over rows read back it must fail rather than see those of this item.
  await engine.run('DROP TABLE IF EXISTS rejects')
  const origins = await originItems(request, loads)
  for (const { loadKey, place, item, record } of loads) {
    const which = loadKey === undefined ? 'IS NULL' : `= ${quoteText(loadKey)}`
    await engine.run(
      `CREATE OR REPLACE TEMP VIEW valid AS SELECT ${names.join(', ')}, _record FROM (${rows}) WHERE _cauce_load ${which}`,
    )
    const facts = itemFacts({
      item: origins.get(record?.originLoad ?? '') ?? item,
      sha256: record?.sha256 ?? '',
      loadKey: loadKey ?? '',
      run: task.run,
      referenceDate: task.referenceDate,
    })
    await engine.run(
      `INSERT INTO rows_by_load SELECT ${place}, ${quoteText(item)}, ${cast(request, 'merged.')}
      FROM (${unsortedTableSql(planned, task.plan.contract, facts)}) AS merged ${wantedKeys(request)}`,
    )
  }
}

function cast({ table }: RowsByLoadRequest, prefix: string): string {
  return table.columns
    .map(({ name, type }) => `CAST(${prefix}${quoteName(name)} AS ${duckdbType(type)})`)
    .join(', ')
}

function wantedKeys({ table, touched }: RowsByLoadRequest): string {
  if (touched === undefined) return ''
  const same = table.key.map((name) => `merged.${quoteName(name)} = touched.${quoteName(name)}`)
  return `SEMI JOIN ${touched} AS touched ON ${same.join(' AND ')}`
}

/** The loads whose rows are in `detail`, in the order they were committed; before them all, what no load of ours brought. */
async function detailLoads({ engine, loadsOf }: RowsByLoadRequest): Promise<readonly DetailLoad[]> {
  const found = await engine.rows('SELECT DISTINCT _cauce_load FROM detail ORDER BY ALL')
  const keys = found.map((row) => row['_cauce_load'])
  const named = keys.flatMap((key) => (key === null || key === undefined ? [] : [String(key)]))
  const records = await loadsOf(named)
  const known = new Set(records.map(({ loadKey }) => loadKey))
  const unknown = named.filter((key) => !known.has(key))
  const strangers = [...(named.length < keys.length ? [undefined] : []), ...unknown]
  return [
    ...strangers.map((loadKey, index) => ({
      loadKey,
      place: index - strangers.length,
      item: '',
      record: undefined,
    })),
    ...records.map((record, place) => ({ loadKey: record.loadKey, place, item: record.item, record })),
  ]
}

/** Items of the loads whose rejects were mended: to SQL, a mended row is of the file it was read from. */
async function originItems(
  { loadsOf }: RowsByLoadRequest,
  loads: readonly DetailLoad[],
): Promise<ReadonlyMap<string, string>> {
  const origins = loads.flatMap(({ record }) => record?.originLoad ?? [])
  const records = await loadsOf([...new Set(origins)])
  return new Map(records.map(({ loadKey, item }) => [loadKey, item]))
}
