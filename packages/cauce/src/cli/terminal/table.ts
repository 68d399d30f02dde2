import type { Style } from './screen.ts'

/** One column of a table. */
export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Gives way, down to this many columns, when the screen is narrow. */
  readonly shrinksTo?: number
  /** What has no room goes on below, word by word; without it a text loses its middle, as names may. */
  readonly wraps?: boolean
  /** Left out when the screen is narrow, the lowest first; one in which no row says anything goes before all others. */
  readonly dropRank?: number
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

/** Stands between columns, and before the first. */
export const GAP = '  '
