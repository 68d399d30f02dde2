import type { FileReadPlan } from '../model/plan.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { checkLayout, type Layout } from '../formats/csv/check-layout.ts'
import type { PreparedRows } from '../formats/prepared-rows.ts'
import { fileColumn, judgeSql, lateRules } from '../plan/duckdb/judge-sql.ts'
import { unguardedSql } from '../plan/duckdb/formula-guard.ts'
import type { ItemFacts } from '../plan/fill-sql.ts'
import { REPLAY_COLUMNS } from '../plan/replay-plan.ts'
import type { ChooseRequest } from './choose-read.ts'

export interface JudgeRequest extends ChooseRequest {
  readonly engine: Engine
  readonly facts: ItemFacts
  /** The rows are mended rejects: leading columns say of which load and record. */
  readonly isReplay: boolean
}

/** The columns a file has, as far as they are known before its rows are judged. */
export interface FileShape {
  readonly header: readonly string[] | undefined
  readonly firstRecordWidth: number | undefined
  /** Whether the file should have a header. */
  readonly hasHeader: boolean
  /** Whether there is anything that tells which columns it has. Default true. */
  readonly isKnown?: boolean
}

/** Finds the contract's columns in a file. @throws {CauceError} LAYOUT_COLUMNS */
export function layoutOf(request: JudgeRequest, read: FileReadPlan, shape: FileShape): Layout {
  const { plan, file, isReplay } = request
  const isKnown = shape.isKnown ?? true
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
    hasHeader: shape.hasHeader,
    header: shape.header,
    firstRecordWidth: shape.firstRecordWidth,
    expected: [
      ...replayColumns,
      ...plan.contract.columns.map(({ name, headers, anyHeader, nullable, defaultText }) => ({
        name,
        headers,
        anyHeader,
        // A column somebody took away from mended rows would silently become null.
        required: isKnown && (isReplay || (!nullable && defaultText === undefined)),
      })),
    ],
    mode: read.layout,
    unknownColumns: read.unknownColumns,
  })
}

/** How the rows of a prepared file are judged. */
export interface RowsShape {
  readonly nulls: readonly string[]
  readonly spareColumns: number
  readonly mayLackFields: boolean
}

/** Makes the table `judged`. @returns how many records the engine read */
export async function judgeRows(
  { engine, plan, facts, isReplay }: JudgeRequest,
  prepared: PreparedRows,
  layout: Layout,
  { nulls, spareColumns, mayLackFields }: RowsShape,
): Promise<number> {
  const leading = isReplay ? Object.keys(REPLAY_COLUMNS).length : 0
  const names = Array.from({ length: layout.fileColumns }, (_, i) => fileColumn(i))
  const made = await engine.scalar(
    judgeSql({
      contract: plan.contract,
      nulls,
      order: layout.order.slice(leading),
      fileColumns: layout.fileColumns,
      spareColumns,
      mayLackFields,
      relation: isReplay ? unguarded(prepared, names, spareColumns) : prepared.readSql(names, spareColumns),
      hasFlags: prepared.hasFlags,
      // Mended rows are compared with what was rejected.
      carried: isReplay ? names : [],
      facts,
    }),
  )
  return Number(made)
}

/** Mended rejects come back from a spreadsheet: what its export added against formulas is taken off again. */
function unguarded(prepared: PreparedRows, names: readonly string[], spareColumns: number): string {
  const texts = names.map((name) => `${unguardedSql(name)} AS ${name}`)
  return `(SELECT * REPLACE (${texts.join(', ')}) FROM ${prepared.readSql(names, spareColumns)})`
}

/** Judges the rules that compare rows with each other. */
export async function judgeLate({ engine, plan }: JudgeRequest): Promise<void> {
  for (const { suspects, mark } of lateRules(plan.contract))
    if (Number(await engine.scalar(suspects)) > 0) await engine.run(mark)
}
