import type { ColumnPlan } from '../../model/plan.ts'
import { quoteName, quoteText } from '../../plan/duckdb/quote.ts'
import { CauceError } from '../../model/cauce-error.ts'
import { RECORD_FLAGS } from '../csv/csv-options.ts'
import type { LocatedRecord } from '../csv/locate-records.ts'
import type { PreparedRows } from '../prepared-rows.ts'
import type { EngineQueries } from '../typed/engine-queries.ts'
import { isJsonValue, spellSql } from './spell-sql.ts'

/** A column of the file, or a value inside one that the contract asks for by its path. */
interface ParquetColumn {
  readonly name: string
  readonly sql: string
  readonly duckdbType: string
}

export interface ParquetFile {
  readonly header: readonly string[]
  /** The engine's type of each. */
  readonly types: readonly string[]
  /** Ready to be read, `columns` being what the contract reads from each column of the header; undefined: nothing. */
  prepare(columns: readonly (ColumnPlan | undefined)[]): PreparedRows
}

/** The row's number; a name no column of a file has. */
const NUMBER = '_cauce_number'
const READ_ROWS = 1000

/**
 * Opens a Parquet file in the spool. Its own count of records, from the footer, is what the engine must find in the pages.
 * `wanted` are the names the contract asks for: those with dots may lead into a struct.
 */
export async function openParquet(
  engine: EngineQueries,
  path: string,
  wanted: readonly string[],
): Promise<ParquetFile> {
  const relation = `read_parquet(${quoteText(path)}, hive_partitioning = false)`
  const [footer] = await engine.rows(
    `SELECT CAST(sum(num_rows) AS BIGINT) AS records FROM parquet_file_metadata(${quoteText(path)})`,
  )
  const records = Number(footer?.['records'])
  const own: readonly ParquetColumn[] = (await engine.columns(`SELECT * FROM ${relation}`)).map(
    ({ name, duckdbType }) => ({ name, sql: quoteName(name), duckdbType }),
  )
  const inner = await innerColumns(engine, relation, own, wanted)
  // A struct whose parts are asked for is known, though nothing asks for all of it.
  const isTakenApart = ({ name }: ParquetColumn): boolean =>
    inner.some((part) => part.name.startsWith(`${name}.`)) && !wanted.includes(name)
  const columns = [...own.filter((column) => !isTakenApart(column)), ...inner]
  return {
    header: columns.map(({ name }) => name),
    types: columns.map(({ duckdbType }) => duckdbType),
    prepare: (read) => {
      const texts = columns.filter(({ duckdbType }, i) => read[i] !== undefined && mayHoldNul(duckdbType))
      return {
        records,
        hasFlags: texts.length > 0,
        readSql: (names) => {
          const spelled = columns.map(({ sql, duckdbType }, i) => {
            const text = spellSql(sql, duckdbType, read[i])
            return `${storable(text, duckdbType)} AS ${quoteName(names[i] ?? '')}`
          })
          const hasNul = texts.map(({ sql }) => `contains(${sql}, chr(0))`).join(' OR ')
          const flags = texts.length === 0 ? '0' : `CASE WHEN ${hasNul} THEN ${RECORD_FLAGS.nul} ELSE 0 END`
          return `(SELECT ${[...spelled, `${flags} AS "_flags"`].join(', ')} FROM ${relation})`
        },
        locate: (wantedRecords) => locate(engine, path, own, wantedRecords),
      }
    },
  }
}

function mayHoldNul(duckdbType: string): boolean {
  return duckdbType === 'VARCHAR'
}

function storable(text: string, duckdbType: string): string {
  return mayHoldNul(duckdbType) ? `replace(${text}, chr(0), ${quoteText(String.raw`\x00`)})` : text
}

/** Values inside structs, one for each wanted path that leads to one and is no column by itself. */
async function innerColumns(
  engine: EngineQueries,
  relation: string,
  columns: readonly ParquetColumn[],
  wanted: readonly string[],
): Promise<readonly ParquetColumn[]> {
  const isStruct = (name: string): boolean =>
    columns.some((column) => column.name === name && column.duckdbType.startsWith('STRUCT('))
  const paths = wanted.filter(
    (name) =>
      isStruct(name.split('.')[0] ?? '') && name.includes('.') && columns.every((one) => one.name !== name),
  )
  const inner: ParquetColumn[] = []
  for (const path of paths) {
    const sql = path.split('.').map(quoteName).join('.')
    const found = await engine.columns(`SELECT ${sql} AS v FROM ${relation}`).catch(() => [])
    // A path that leads nowhere is a missing column, which the layout tells.
    const duckdbType = found[0]?.duckdbType
    if (duckdbType !== undefined) inner.push({ name: path, sql, duckdbType })
  }
  return inner
}

/** The chosen records, each as JSON: a columnar file has no text of its own. */
async function* locate(
  engine: EngineQueries,
  path: string,
  columns: readonly ParquetColumn[],
  records: Iterable<number>,
): AsyncGenerator<LocatedRecord, void, undefined> {
  const members = columns.map(({ name, sql, duckdbType }) => {
    const value = isJsonValue(duckdbType) ? sql : spellSql(sql, duckdbType, undefined)
    return `${quoteText(name)}, ${value}`
  })
  await engine.run(`CREATE OR REPLACE TEMP TABLE wanted_record (record BIGINT)`)
  await engine.appendRows(
    'wanted_record',
    Array.from(records, (record) => [record]),
  )
  await engine.run(`CREATE OR REPLACE TEMP TABLE located_record AS
SELECT record, CAST(json_object(${members.join(', ')}) AS VARCHAR) AS raw
FROM (SELECT *, row_number() OVER () AS ${NUMBER} FROM read_parquet(${quoteText(path)}, hive_partitioning = false))
JOIN wanted_record ON ${NUMBER} = record ORDER BY record`)
  for (let from = 0; ; from += READ_ROWS) {
    const found = await engine.rows(
      `SELECT record, raw FROM located_record WHERE rowid >= ${from} AND rowid < ${from + READ_ROWS} ORDER BY rowid`,
    )
    for (const { record, raw } of found) yield located(Number(record), String(raw))
    if (found.length < READ_ROWS) break
  }
  await engine.run('DROP TABLE wanted_record; DROP TABLE located_record')
}

function located(record: number, raw: string): LocatedRecord {
  return { record, line: record, raw, rawBytes: Buffer.from(raw), undecodable: false }
}

/** A file that calls itself Parquet and cannot be read as such. */
export function brokenParquet(file: string, error: Error): CauceError {
  const detail = `it is no whole Parquet file: ${error.message}`
  return new CauceError('FILE_UNREADABLE', { file, detail }, { cause: error })
}
