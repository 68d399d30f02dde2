import type { Screen } from './screen.ts'
import { shortened } from './shortened.ts'
import { columnWidths, fittedTable } from './table-fit.ts'
import { GAP, type Table, type TableCell, type TableColumn } from './table.ts'
import { headOfWidth, textWidth } from './text-width.ts'
import { wrapped } from './wrap.ts'

/** Lines of a table, aligned, indented by two; no line is wider than the screen unless its columns cannot give way. */
export function tableLines(table: Table, screen: Pick<Screen, 'width' | 'paint'>): readonly string[] {
  const fitted = fittedTable(table, screen.width)
  const { columns, rows, footer } = fitted
  const widths = columnWidths(fitted, screen.width)
  const lines = (cells: readonly TableCell[]): readonly string[] => rowLines(cells, columns, widths, screen)
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1)
  return [
    ...lines(columns.map(({ title }) => ({ text: title, style: 'quiet' }))),
    ...rows.flatMap(lines),
    ...(footer === undefined ? [] : [GAP + screen.paint('quiet', '─'.repeat(total)), ...lines(footer)]),
  ]
}

/** A row takes as many lines as its tallest cell. */
function rowLines(
  cells: readonly TableCell[],
  columns: readonly TableColumn[],
  widths: readonly number[],
  { paint }: Pick<Screen, 'paint'>,
): readonly string[] {
  const texts = columns.map(({ wraps }, index) => {
    const [text, width] = [cells[index]?.text ?? '', widths[index] ?? 0]
    return wraps === true
      ? wrapped(text, width).flatMap((line) => cut(line, width))
      : [shortened(text, width)]
  })
  const height = Math.max(1, ...texts.map((lines) => lines.length))
  return Array.from({ length: height }, (_, row) =>
    `${GAP}${columns
      .map((column, index) => {
        const text = texts[index]?.[row] ?? ''
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - textWidth(text)))
        const style = cells[index]?.style
        const painted = style === undefined || text === '' ? text : paint(style, text)
        return column.align === 'right' ? space + painted : painted + space
      })
      .join(GAP)}`.trimEnd(),
  )
}

/** A word longer than its column goes on below. */
function cut(text: string, width: number): readonly string[] {
  const head = headOfWidth(text, width)
  return head === '' || head === text ? [text] : [head, ...cut(text.slice(head.length), width)]
}
