import { GAP, type Table, type TableColumn } from './table.ts'
import { textWidth } from './text-width.ts'

/**
 * The table without the columns that must go for the others to have room: those that say nothing before a name is shortened,
 * others only when shortening is not enough.
 */
export function fittedTable(table: Table, width: number): Table {
  const droppable = table.columns
    .flatMap(({ dropRank }, index) =>
      dropRank === undefined ? [] : [{ index, dropRank, isEmpty: isEmptyColumn(table, index) }],
    )
    .toSorted((one, other) => Number(other.isEmpty) - Number(one.isEmpty) || one.dropRank - other.dropRank)
  const dropped = new Set<number>()
  let fitted = table
  for (const { index, isEmpty } of droppable) {
    if (taken(isEmpty ? naturalWidths(fitted) : leastWidths(fitted)) <= width) continue
    dropped.add(index)
    fitted = without(table, dropped)
  }
  return fitted
}

function without(table: Table, dropped: ReadonlySet<number>): Table {
  const kept = <Cell>(cells: readonly Cell[]): readonly Cell[] => cells.filter((_, i) => !dropped.has(i))
  return {
    columns: kept(table.columns),
    rows: table.rows.map(kept),
    ...(table.footer && { footer: kept(table.footer) }),
  }
}

function isEmptyColumn({ rows, footer }: Table, index: number): boolean {
  return [...rows, ...(footer === undefined ? [] : [footer])].every((cells) => cells[index]?.isEmpty === true)
}

/** Widths that fit: what is missing is taken from the columns that give way, the widest first. */
export function columnWidths(table: Table, width: number): readonly number[] {
  const widths = [...naturalWidths(table)]
  const least = leastWidths(table)
  for (let missing = taken(widths) - width; missing > 0; missing--) {
    const widest = widths
      .map((own, index) => ({ index, own, spare: own - (least[index] ?? own) }))
      .filter(({ spare }) => spare > 0)
      .toSorted((one, other) => other.own - one.own)[0]
    if (widest === undefined) break
    widths[widest.index] = widest.own - 1
  }
  return widths
}

function taken(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + GAP.length, 0)
}

function naturalWidths({ columns, rows, footer }: Table): readonly number[] {
  return columns.map(({ title }, index) =>
    [...rows, footer ?? []].reduce(
      (width, cells) => Math.max(width, textWidth(cells[index]?.text ?? '')),
      textWidth(title),
    ),
  )
}

function leastWidths(table: Table): readonly number[] {
  const least = ({ shrinksTo, title }: TableColumn, natural: number): number =>
    Math.min(natural, Math.max(shrinksTo ?? natural, textWidth(title)))
  return naturalWidths(table).map((natural, index) => {
    const column = table.columns[index]
    return column === undefined ? natural : least(column, natural)
  })
}
