import { sha256Hex } from '../../model/load-key.ts'
import type { MergePlan } from '../../model/plan.ts'
import type { DestinationColumn, TableShape } from '../destination.ts'
import { LONGEST_NAME_BYTES } from './location.ts'

/** What a `first` or `last` column needs beside itself, to meet the rows of any later item in any order. */
export interface OrderedColumn {
  readonly column: string
  readonly kind: 'first' | 'last'
  /** The staged column that orders rows. */
  readonly by: string
  /** Columns of the table that keep the winner's `by` value and item. */
  readonly byColumn: string
  readonly itemColumn: string
}

export function orderedColumns(merge: Readonly<Record<string, MergePlan>>): readonly OrderedColumn[] {
  return Object.entries(merge).flatMap(([column, plan]) =>
    plan.kind === 'first' || plan.kind === 'last'
      ? [
          {
            column,
            kind: plan.kind,
            by: plan.by,
            byColumn: technicalName('_cauce_by_', column),
            itemColumn: technicalName('_cauce_item_', column),
          },
        ]
      : [],
  )
}

/** The columns a table has for our own use, as far as its merge functions need them. */
export function technicalColumns({ merge, columns }: TableShape): readonly DestinationColumn[] {
  return orderedColumns(merge).flatMap(({ by, byColumn, itemColumn }) => {
    const type = columns.find(({ name }) => name === by)?.type ?? { kind: 'text', maxLength: undefined }
    return [
      { name: byColumn, type, nullable: true },
      { name: itemColumn, type: { kind: 'text', maxLength: undefined }, nullable: true },
    ]
  })
}

/** A long column name is cut, between characters, and told apart by a hash. */
function technicalName(prefix: string, column: string): string {
  const name = `${prefix}${column}`
  if (Buffer.byteLength(name) <= LONGEST_NAME_BYTES) return name
  let kept = ''
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > LONGEST_NAME_BYTES - 9) break
    kept += character
  }
  return `${kept}_${sha256Hex(column).slice(0, 8)}`
}
