/** Cells of a sheet, all counted from 0, ends included; an open end reaches as far as the sheet. */
export interface CellRange {
  readonly firstRow: number
  readonly lastRow: number
  readonly firstColumn: number
  readonly lastColumn: number
}

const RANGE = /^\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})?(?::\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})?)?$/

/** Takes `B3:F200`, `B3:F` or `B:F` apart. @returns undefined for anything else */
export function parseCellRange(text: string): CellRange | undefined {
  const found = RANGE.exec(text)
  if (found === null) return undefined
  const [, fromColumn = '', fromRow, toColumn = fromColumn, toRow] = found
  const isOneCell = found[3] === undefined
  if (isOneCell && fromRow === undefined) return undefined
  const [a, b] = [columnIndex(fromColumn), columnIndex(toColumn)]
  const firstRow = fromRow === undefined ? 0 : Number(fromRow) - 1
  const lastRow = toRow === undefined ? (isOneCell ? firstRow : Infinity) : Number(toRow) - 1
  if (lastRow < firstRow) return undefined
  return { firstRow, lastRow, firstColumn: Math.min(a, b), lastColumn: Math.max(a, b) }
}

/** `A` is 0, `AA` is 26. */
function columnIndex(letters: string): number {
  let index = 0
  for (const letter of letters.toUpperCase()) index = index * 26 + letter.charCodeAt(0) - 64
  return index - 1
}
