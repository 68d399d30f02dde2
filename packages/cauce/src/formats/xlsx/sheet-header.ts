import type { XlsxReadPlan } from '../../model/plan.ts'
import { parseCellRange, type CellRange } from '../../plan/cell-range.ts'
import { cellJson, type CellValue } from './cell-value.ts'
import type { SheetRow } from './sheet-rows.ts'

/** Where the table of a sheet is, and what its columns are called. */
export interface SheetTable {
  /** Texts of the header; undefined when none is declared, or the sheet has no cell where it should be. */
  readonly header: readonly string[] | undefined
  /** First row of the data, from 1. */
  readonly firstRow: number
  readonly lastRow: number
  readonly firstColumn: number
  /** Number of columns: as many as the header has, or the range, or the first row. */
  readonly width: number
  readonly lastColumn: number
}

/** The part of a sheet that is looked at. */
function wholeOf(read: XlsxReadPlan): CellRange {
  const everything = { firstRow: 0, lastRow: Infinity, firstColumn: 0, lastColumn: Infinity }
  const range = (read.range === undefined ? undefined : parseCellRange(read.range)) ?? everything
  return { ...range, firstRow: range.firstRow + read.skipRows }
}

/** Cells of one row inside a range, by their place in it. */
export function cellsWithin(
  { cells }: SheetRow,
  { firstColumn, lastColumn }: Pick<CellRange, 'firstColumn' | 'lastColumn'>,
): ReadonlyMap<number, CellValue> {
  if (firstColumn === 0 && lastColumn === Infinity) return cells
  return new Map(
    [...cells]
      .filter(([column]) => column >= firstColumn && column <= lastColumn)
      .map(([column, value]) => [column - firstColumn, value]),
  )
}

/**
 * Finds the header of a sheet and with it its table.
 * @param merged asks for the sheet's merged cells, whose text stands in their first cell alone
 */
export async function findTable(
  rows: AsyncIterable<SheetRow>,
  read: XlsxReadPlan,
  merged: () => Promise<readonly string[]>,
): Promise<SheetTable | undefined> {
  const range = wholeOf(read)
  const head: { readonly row: number; readonly cells: ReadonlyMap<number, CellValue> }[] = []
  let top = read.header && read.headerRow !== undefined ? read.headerRow : undefined
  const wantedRows = read.header ? read.headerRows : 1
  for await (const row of rows) {
    const cells = cellsWithin(row, range)
    if (row.row - 1 < range.firstRow || cells.size === 0) continue
    if (row.row - 1 > range.lastRow) break
    top ??= row.row
    if (row.row < top) continue
    if (row.row >= top + wantedRows) break
    head.push({ row: row.row, cells })
  }
  const shape = { lastRow: range.lastRow + 1, firstColumn: range.firstColumn, lastColumn: range.lastColumn }
  if (top === undefined) return undefined
  const used = Math.max(0, ...head.flatMap(({ cells }) => [...cells.keys()].map((column) => column + 1)))
  const isBounded = Number.isFinite(range.lastColumn)
  if (!read.header) {
    const width = isBounded ? range.lastColumn - range.firstColumn + 1 : used
    return { ...shape, header: undefined, firstRow: range.firstRow + 1, width }
  }
  const header = await headerTexts(head, { top, used, firstColumn: range.firstColumn }, merged)
  return { ...shape, header, firstRow: top + read.headerRows, width: header.length }
}

async function headerTexts(
  head: readonly { readonly row: number; readonly cells: ReadonlyMap<number, CellValue> }[],
  { top, used, firstColumn }: { readonly top: number; readonly used: number; readonly firstColumn: number },
  merged: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const texts = new Map<string, string>()
  for (const { row, cells } of head)
    for (const [column, value] of cells) texts.set(`${row}:${column}`, String(cellJson(value)).trim())
  const rows = Math.max(1, ...head.map(({ row }) => row - top + 1))
  const hasGap = texts.size < rows * used
  let width = used
  for (const reference of hasGap ? await merged() : []) {
    const area = parseCellRange(reference)
    if (area === undefined || area.firstRow + 1 < top || area.firstRow + 1 >= top + rows) continue
    const text = texts.get(`${area.firstRow + 1}:${area.firstColumn - firstColumn}`)
    if (text === undefined) continue
    for (let row = area.firstRow + 1; row <= Math.min(area.lastRow + 1, top + rows - 1); row++)
      for (let column = area.firstColumn - firstColumn; column <= area.lastColumn - firstColumn; column++) {
        // Down a merged cell the name is told once.
        if (row === area.firstRow + 1) texts.set(`${row}:${column}`, text)
        width = Math.max(width, column + 1)
      }
  }
  return Array.from({ length: width }, (_, column) =>
    Array.from({ length: rows }, (__, i) => texts.get(`${top + i}:${column}`) ?? '')
      .filter((text) => text !== '')
      .join(' '),
  )
}
