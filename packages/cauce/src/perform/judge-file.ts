import { CauceError } from '../model/cauce-error.ts'
import type { Plan } from '../model/plan.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { checkLayout, type Layout } from '../formats/csv/check-layout.ts'
import { SPARE_COLUMNS } from '../formats/csv/csv-options.ts'
import { prepareCsv } from '../formats/csv/prepare-csv.ts'
import type { PreparedCsv } from '../formats/csv/prepared-csv.ts'
import { fileColumn, judgeSql, lateRules } from '../plan/duckdb/judge-sql.ts'
import { unguardedSql } from '../plan/duckdb/formula-guard.ts'
import type { ItemFacts } from '../plan/fill-sql.ts'
import { REPLAY_COLUMNS } from '../plan/replay-plan.ts'

export interface JudgeRequest {
  readonly engine: Engine
  readonly plan: Plan
  /** The spooled original. */
  readonly path: string
  readonly spoolFolder: string
  /** The item's key, for messages. */
  readonly file: string
  readonly facts: ItemFacts
  /** The rows are mended rejects: leading columns say of which load and record. */
  readonly isReplay: boolean
  readonly signal: AbortSignal
}

/** A file read and judged: the temporary table `judged` stands in the engine, one row per record, in file order. */
export interface Judged {
  readonly prepared: PreparedCsv
  readonly layout: Layout
}

/**
 * Sniffs the file, checks its layout, reads every record as text and judges it. The engine's count of records must equal our
 * own; a file the engine cannot read as it lies is rewritten by our tokenizer and read again, so that nothing is ever lost.
 * @throws {CauceError} FILE_UNREADABLE, FILE_BOMB, LAYOUT_COLUMNS, ACCOUNTING_MISMATCH
 */
export async function judgeFile(request: JudgeRequest): Promise<Judged> {
  const direct = await prepare(request, false)
  const layout = layoutOf(request, direct)
  if (direct.route === 'direct') {
    try {
      if ((await judge(request, direct, layout)) === direct.records)
        return await late(request, direct, layout)
    } catch (error) {
      if (error instanceof CauceError && error.class !== 'layout') throw error
    }
    await request.engine.run('DROP TABLE IF EXISTS judged')
  }
  const rewritten = direct.route === 'rewritten' ? direct : await prepare(request, true)
  const count = await judge(request, rewritten, layout)
  if (count !== rewritten.records)
    throw new CauceError('ACCOUNTING_MISMATCH', {
      table: request.file,
      detail: `${rewritten.records} records in the file, ${count} read`,
    })
  return late(request, rewritten, layout)
}

async function prepare(
  { plan, path, spoolFolder, file, signal }: JudgeRequest,
  forceRewrite: boolean,
): Promise<PreparedCsv> {
  const columnCount = plan.read.layout === 'position' ? plan.contract.columns.length : undefined
  return prepareCsv(path, spoolFolder, {
    options: { ...plan.read, columnCount },
    file,
    maxUnpackedBytes: plan.limits.maxUnpackedBytes,
    forceRewrite,
    signal,
  })
}

function layoutOf({ plan, file, isReplay }: JudgeRequest, { header, firstRecordWidth }: PreparedCsv): Layout {
  const replayColumns = isReplay
    ? Object.values(REPLAY_COLUMNS).map((name) => ({
        name,
        headers: [name],
        anyHeader: false,
        required: true,
      }))
    : []
  return checkLayout({
    file,
    hasHeader: plan.read.header,
    header,
    firstRecordWidth,
    expected: [
      ...replayColumns,
      ...plan.contract.columns.map(({ name, headers, anyHeader, nullable, defaultText }) => ({
        name,
        headers,
        anyHeader,
        // A column somebody took away from mended rows would silently become null.
        required: isReplay || (!nullable && defaultText === undefined),
      })),
    ],
    mode: plan.read.layout,
    unknownColumns: plan.read.unknownColumns,
  })
}

/** @returns how many records the engine read */
async function judge(request: JudgeRequest, prepared: PreparedCsv, layout: Layout): Promise<number> {
  const { engine, plan, facts, isReplay } = request
  const leading = isReplay ? Object.keys(REPLAY_COLUMNS).length : 0
  const names = Array.from({ length: layout.fileColumns }, (_, i) => fileColumn(i))
  const made = await engine.scalar(
    judgeSql({
      contract: plan.contract,
      nulls: plan.read.nulls,
      order: layout.order.slice(leading),
      fileColumns: layout.fileColumns,
      spareColumns: SPARE_COLUMNS,
      relation: isReplay ? unguarded(prepared, names) : prepared.readSql(names, SPARE_COLUMNS),
      hasFlags: prepared.hasFlags,
      // Mended rows are compared with what was rejected.
      carried: isReplay ? names : [],
      facts,
    }),
  )
  return Number(made)
}

/** Mended rejects come back from a spreadsheet: what its export added against formulas is taken off again. */
function unguarded(prepared: PreparedCsv, names: readonly string[]): string {
  const texts = names.map((name) => `${unguardedSql(name)} AS ${name}`)
  return `(SELECT * REPLACE (${texts.join(', ')}) FROM ${prepared.readSql(names, SPARE_COLUMNS)})`
}

async function late({ engine, plan }: JudgeRequest, prepared: PreparedCsv, layout: Layout): Promise<Judged> {
  for (const { suspects, mark } of lateRules(plan.contract))
    if (Number(await engine.scalar(suspects)) > 0) await engine.run(mark)
  return { prepared, layout }
}
