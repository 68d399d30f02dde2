import { headOfWidth, tailOfWidth, textWidth } from './text-width.ts'
import type { Screen, Style } from './screen.ts'

/** One column of a table. */
export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Gives way, down to this many columns, when the screen is narrow: names, in the middle. */
  readonly shrinksTo?: number
  /** Left out when the screen is narrow and no row says anything in it. */
  readonly optional?: boolean
}

export interface TableCell {
  readonly text: string
  readonly style?: Style | undefined
  /** Nothing worth a column: a zero, a dash. */
  readonly isEmpty?: boolean
}

export interface Table {
  readonly columns: readonly TableColumn[]
  readonly rows: readonly (readonly TableCell[])[]
  /** Sums, set off by a line. */
  readonly footer?: readonly TableCell[]
}

const GAP = '  '

/** Lines of a table, aligned, indented by two; no line is wider than the screen unless its columns cannot give way. */
export function tableLines(table: Table, screen: Pick<Screen, 'width' | 'paint'>): readonly string[] {
  const { columns, rows, footer } = fitted(table, screen.width)
  const widths = shrunk(columns, naturalWidths({ columns, rows, ...(footer && { footer }) }), screen.width)
  const line = (cells: readonly TableCell[], style?: Style): string =>
    `${GAP}${columns
      .map((column, index) =>
        padded(cells[index] ?? { text: '' }, column, { width: widths[index] ?? 0, style, screen }),
      )
      .join(GAP)}`.trimEnd()
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1)
  return [
    line(
      columns.map(({ title }) => ({ text: title })),
      'quiet',
    ),
    ...rows.map((cells) => line(cells)),
    ...(footer === undefined ? [] : [GAP + screen.paint('quiet', '─'.repeat(total)), line(footer)]),
  ]
}

/** Without optional columns that say nothing, where there is no room for all. */
function fitted(table: Table, width: number): Table {
  const needed = naturalWidths(table).reduce((sum, column) => sum + column + GAP.length, 0)
  if (needed <= width) return table
  const keeps = table.columns.map(
    ({ optional }, index) => optional !== true || table.rows.some((cells) => cells[index]?.isEmpty !== true),
  )
  const kept = <Cell>(cells: readonly Cell[]): readonly Cell[] => cells.filter((_, index) => keeps[index])
  return {
    columns: kept(table.columns),
    rows: table.rows.map(kept),
    ...(table.footer && { footer: kept(table.footer) }),
  }
}

function naturalWidths({ columns, rows, footer }: Table): readonly number[] {
  return columns.map(({ title }, index) =>
    [...rows, footer ?? []].reduce(
      (width, cells) => Math.max(width, textWidth(cells[index]?.text ?? '')),
      textWidth(title),
    ),
  )
}

/** Takes what is missing from the columns that give way, the widest first. */
function shrunk(
  columns: readonly TableColumn[],
  natural: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...natural]
  let missing = widths.reduce((sum, column) => sum + column + GAP.length, 0) - width
  while (missing > 0) {
    const widest = widths
      .map((own, index) => ({ index, spare: own - (columns[index]?.shrinksTo ?? own), own }))
      .filter(({ spare }) => spare > 0)
      .toSorted((one, other) => other.own - one.own)[0]
    if (widest === undefined) break
    widths[widest.index] = widest.own - 1
    missing--
  }
  return widths
}

function padded(
  { text, style }: TableCell,
  { align }: TableColumn,
  line: {
    readonly width: number
    readonly style: Style | undefined
    readonly screen: Pick<Screen, 'paint'>
  },
): string {
  const shown = shortened(text, line.width)
  const space = ' '.repeat(Math.max(0, line.width - textWidth(shown)))
  const look = style ?? line.style
  const painted = look === undefined || shown === '' ? shown : line.screen.paint(look, shown)
  return align === 'right' ? space + painted : painted + space
}

/** A text that must give way loses its middle: the ends tell names apart. */
export function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  if (width < 4) return headOfWidth(text, Math.max(0, width - 1)) + (width > 0 ? '…' : '')
  const tail = Math.floor((width - 1) / 2)
  return `${headOfWidth(text, width - 1 - tail)}…${tailOfWidth(text, tail)}`
}
