import type { Text } from '../model/language.ts'
import type { Layout } from '../formats/csv/check-layout.ts'
import type { PreparedRows } from '../formats/prepared-rows.ts'
import { chooseRead } from './choose-read.ts'
import { judgeCsv } from './judge-csv.ts'
import type { JudgeRequest } from './judge-rows.ts'
import { judgeTyped } from './judge-typed.ts'

/** A file read and judged: the temporary table `judged` stands in the engine, one row per record, in file order. */
export interface Judged {
  readonly prepared: PreparedRows
  readonly layout: Layout
  /** Remarks on the file as a whole. */
  readonly notes: readonly Text[]
}

/**
 * Finds out what a file is, checks its layout, reads every record as text and judges it. The engine's count of records must
 * equal our own.
 * @throws {CauceError} FILE_UNREADABLE, FILE_BOMB, LAYOUT_COLUMNS, ACCOUNTING_MISMATCH
 */
export async function judgeFile(request: JudgeRequest): Promise<Judged> {
  const { read, path, notes } = await chooseRead(request)
  const judged =
    read.format === 'csv' ? await judgeCsv(request, read, path) : await judgeTyped(request, read, path)
  return { ...judged, notes: [...notes, ...judged.notes] }
}
