import { CauceError } from '../model/cauce-error.ts'
import type { Text } from '../model/language.ts'
import type { CsvReadPlan } from '../model/plan.ts'
import type { Layout } from '../formats/csv/check-layout.ts'
import { SPARE_COLUMNS } from '../formats/csv/csv-options.ts'
import { prepareCsv } from '../formats/csv/prepare-csv.ts'
import type { PreparedCsv } from '../formats/csv/prepared-csv.ts'
import type { Judged } from './judge-file.ts'
import { judgeLate, judgeRows, layoutOf, type JudgeRequest } from './judge-rows.ts'

/**
 * Sniffs a delimited file, checks its layout, reads every record as text and judges it. The engine's count of records must equal
 * our own; a file the engine cannot read as it lies is rewritten by our tokenizer and read again, so that nothing is ever lost.
 */
export async function judgeCsv(request: JudgeRequest, read: CsvReadPlan, path: string): Promise<Judged> {
  const direct = await prepare(request, read, path, false)
  const layout = layoutOf(request, read, {
    header: direct.header,
    firstRecordWidth: direct.firstRecordWidth,
    hasHeader: read.header,
  })
  if (direct.route === 'direct') {
    try {
      if ((await judge(request, read, direct, layout)) === direct.records)
        return await judged(request, direct, layout)
    } catch (error) {
      if (error instanceof CauceError && error.class !== 'layout') throw error
    }
    await request.engine.run('DROP TABLE IF EXISTS judged')
  }
  const rewritten = direct.route === 'rewritten' ? direct : await prepare(request, read, path, true)
  const count = await judge(request, read, rewritten, layout)
  if (count !== rewritten.records)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: request.file,
      detail: `${rewritten.records} records in the file, ${count} read`,
    })
  return judged(request, rewritten, layout)
}

async function prepare(
  { plan, spoolFolder, file, signal }: JudgeRequest,
  read: CsvReadPlan,
  path: string,
  forceRewrite: boolean,
): Promise<PreparedCsv> {
  const columnCount = read.layout === 'position' ? plan.contract.columns.length : undefined
  return prepareCsv(path, spoolFolder, {
    options: { ...read, columnCount },
    file,
    maxUnpackedBytes: plan.limits.maxUnpackedBytes,
    forceRewrite,
    signal,
  })
}

async function judge(
  request: JudgeRequest,
  { nulls }: CsvReadPlan,
  prepared: PreparedCsv,
  layout: Layout,
): Promise<number> {
  return judgeRows(request, prepared, layout, { nulls, spareColumns: SPARE_COLUMNS, mayLackFields: false })
}

async function judged(request: JudgeRequest, prepared: PreparedCsv, layout: Layout): Promise<Judged> {
  await judgeLate(request)
  return { prepared, layout, notes: fileNotes(prepared) }
}

function fileNotes({ dialect, blankLines }: PreparedCsv): readonly Text[] {
  return [
    ...(dialect.encodingGuessed
      ? [{ en: `encoding taken for ${dialect.encoding}`, es: `codificación tomada por ${dialect.encoding}` }]
      : []),
    ...(blankLines > 0 ? [{ en: `${blankLines} blank lines`, es: `${blankLines} líneas en blanco` }] : []),
  ]
}
