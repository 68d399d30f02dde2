import type { SheetChoice, XlsxReadPlan } from '../model/plan.ts'
import type { ReadOptions } from './read-options.ts'

/** How a workbook is read. Rows and sheets are counted from 1, as Excel shows them. */
export interface XlsxOptions extends ReadOptions {
  /** A sheet by name or number. Default: the first that is not hidden. */
  readonly sheet?: string | number
  /** All sheets one below the other, with one header each: the visible ones, or hidden ones too. */
  readonly sheets?: 'visible' | 'all'
  /** Whether there is a row of names. Default true. */
  readonly header?: boolean
  /** Row of the header. Default: the first row, behind `skipRows`, that is not empty. */
  readonly headerRow?: number
  /** Rows the header takes, joined by a space; merged cells give their name to all they cover. Default 1. */
  readonly headerRows?: number
  /** Rows at the top that are not looked at. Default 0. */
  readonly skipRows?: number
  /** Cells that are looked at: `B3:F200`, or `B3:F` down to the end. */
  readonly range?: string
  /** What becomes of cells such as `#DIV/0!`: their row is a reject, or they are null, or text. Default `reject`. */
  readonly errorCells?: 'reject' | 'null' | 'text'
  readonly layout?: 'position' | 'name'
}

/** Reads Excel workbooks (.xlsx, .xlsm). Formulas count with the value Excel last computed. See docs/formats.md. */
export function xlsx(options: XlsxOptions = {}): XlsxReadPlan {
  return {
    format: 'xlsx',
    compression: options.compression,
    nulls: options.nulls ?? [''],
    unknownColumns: options.unknownColumns ?? 'refuse',
    layout: options.layout ?? 'name',
    sheet: sheetChoice(options),
    header: options.header ?? true,
    headerRow: options.headerRow,
    headerRows: options.headerRows ?? 1,
    skipRows: options.skipRows ?? 0,
    range: options.range,
    errorCells: options.errorCells ?? 'reject',
  }
}

function sheetChoice({ sheet, sheets }: XlsxOptions): SheetChoice {
  if (sheets !== undefined) return { kind: 'every', hidden: sheets === 'all' }
  if (sheet === undefined) return { kind: 'first' }
  return typeof sheet === 'number' ? { kind: 'number', number: sheet } : { kind: 'name', name: sheet }
}
