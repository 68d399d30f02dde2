import type { Language } from '../model/language.ts'
import type { ReportField, ReportPlan, SqlText } from '../model/plan.ts'

const DEFAULT_COLUMNS: Readonly<Record<string, ReportField>> = {
  item: 'item',
  sha256: 'sha256',
  bytes: 'bytes',
  read: 'read',
  loaded: 'loaded',
  rejected: 'rejected',
  skipped: 'skipped',
  warnings: 'warnings',
  state: 'state',
  attempts: 'attempts',
  started_at: 'started_at',
  finished_at: 'finished_at',
  message: 'message',
  run: 'run',
}

/**
 * A table in the destination with one row per item version: what became of it, also when it failed. Columns can be named, or
 * computed by SQL over the fields. Rows are told apart by the columns that hold `item` (or `file`) and `sha256`.
 */
export function loadReport(
  table: string,
  columns: Readonly<Record<string, ReportField | SqlText>> = DEFAULT_COLUMNS,
  options: { readonly language?: Language } = {},
): ReportPlan {
  return { table, columns, language: options.language ?? 'en' }
}
