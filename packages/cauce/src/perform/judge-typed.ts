import { CauceError } from '../model/cauce-error.ts'
import type { Text } from '../model/language.ts'
import type {
  ColumnPlan,
  CsvReadPlan,
  FileReadPlan,
  JsonReadPlan,
  NdjsonReadPlan,
  ParquetReadPlan,
  XlsxReadPlan,
} from '../model/plan.ts'
import { EngineError } from '../engine/duckdb/engine-error.ts'
import type { Layout } from '../formats/csv/check-layout.ts'
import { prepareJson } from '../formats/json/prepare-json.ts'
import { brokenParquet, openParquet } from '../formats/parquet/open-parquet.ts'
import type { PreparedRows } from '../formats/prepared-rows.ts'
import { XlsxFile, XLSX_SPARE_COLUMNS } from '../formats/xlsx/open-xlsx.ts'
import type { Judged } from './judge-file.ts'
import { judgeLate, judgeRows, layoutOf, type JudgeRequest } from './judge-rows.ts'

type TypedReadPlan = Exclude<FileReadPlan, CsvReadPlan>

/** A file with typed values, its layout checked and its rows ready. */
interface Ready {
  readonly prepared: PreparedRows
  readonly layout: Layout
  readonly notes: readonly Text[]
  readonly spareColumns: number
}

/**
 * Judges a file whose values have types of their own: each reaches the rules as its column of the contract writes it, so that
 * one contract judges every format.
 */
export async function judgeTyped(request: JudgeRequest, read: TypedReadPlan, path: string): Promise<Judged> {
  const { prepared, layout, notes, spareColumns } = await ready(request, read, path)
  const shape = { nulls: read.nulls, spareColumns, mayLackFields: true }
  const count = await judgeRows(request, prepared, layout, shape).catch((error: unknown) => {
    throw read.format === 'parquet' && error instanceof EngineError
      ? brokenParquet(request.file, error)
      : error
  })
  if (count !== prepared.records)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: request.file,
      detail: `${prepared.records} records in the file, ${count} read`,
    })
  await judgeLate(request)
  return { prepared, layout, notes }
}

async function ready(request: JudgeRequest, read: TypedReadPlan, path: string): Promise<Ready> {
  switch (read.format) {
    case 'ndjson':
    case 'json':
      return readyJson(request, read, path)
    case 'parquet':
      return readyParquet(request, read, path)
    case 'xlsx':
      return readyXlsx(request, read, path)
  }
}

async function readyJson(
  request: JudgeRequest,
  read: NdjsonReadPlan | JsonReadPlan,
  path: string,
): Promise<Ready> {
  const prepared = await prepareJson(path, request.spoolFolder, {
    file: request.file,
    kind: read.format === 'ndjson' ? 'lines' : 'document',
    path: read.format === 'ndjson' ? [] : read.records,
    columns: request.plan.contract.columns,
    signal: request.signal,
  })
  const { found, unknown, soundRecords, blankLines } = prepared
  const layout = layoutOf(request, read, {
    header: [...found.map(({ name }) => name), ...unknown],
    firstRecordWidth: undefined,
    hasHeader: true,
    // Without a sound record nothing tells which columns there are: broken ones are rejects, and none is no fault.
    isKnown: soundRecords > 0,
  })
  const notes =
    blankLines > 0 ? [{ en: `${blankLines} blank lines`, es: `${blankLines} líneas en blanco` }] : []
  // What nobody asks for is not among the rows' fields; the engine wants at least one.
  return { prepared, layout: { ...layout, fileColumns: Math.max(1, found.length) }, notes, spareColumns: 0 }
}

async function readyParquet(request: JudgeRequest, read: ParquetReadPlan, path: string): Promise<Ready> {
  const { engine, plan, file } = request
  const wanted = plan.contract.columns.flatMap(({ headers }) => headers)
  const opened = await openParquet(engine, path, wanted).catch((error: unknown) => {
    throw error instanceof EngineError ? brokenParquet(file, error) : error
  })
  const { header } = opened
  const layout = layoutOf(request, read, {
    header,
    firstRecordWidth: header.length,
    hasHeader: true,
  })
  return {
    prepared: opened.prepare(columnsOf(layout, plan.contract.columns)),
    layout,
    notes: [],
    spareColumns: 0,
  }
}

async function readyXlsx(request: JudgeRequest, read: XlsxReadPlan, path: string): Promise<Ready> {
  const { file, plan, signal, spoolFolder } = request
  const opened = await XlsxFile.open(path, {
    file,
    read,
    maxUnpackedBytes: plan.limits.maxUnpackedBytes,
    signal,
  })
  try {
    const layout = layoutOf(request, read, {
      header: opened.header,
      firstRecordWidth: opened.width,
      hasHeader: read.header,
    })
    const prepared = await opened.prepare(spoolFolder, columnsOf(layout, plan.contract.columns))
    return { prepared, layout, notes: [], spareColumns: XLSX_SPARE_COLUMNS }
  } finally {
    opened.close()
  }
}

/** For each column of the file, the contract's column that is read from it. */
function columnsOf(
  { order, fileColumns }: Layout,
  columns: readonly ColumnPlan[],
): readonly (ColumnPlan | undefined)[] {
  return Array.from({ length: fileColumns }, (_, position) => columns[order.indexOf(position)])
}
