import type { DestinationColumn, TableShape } from '../destination.ts'

/** Where a merged column of kind `first` or `last` keeps what its value came with: the `by` value and the item. */
export function companionNames(column: string): { readonly by: string; readonly item: string } {
  return { by: `_cauce_by_${column}`, item: `_cauce_item_${column}` }
}

/** A table's columns with those that `first` and `last` need beside it. */
export function storedColumns({ name, columns, merge }: TableShape): readonly DestinationColumn[] {
  const companions = Object.entries(merge).flatMap(([column, plan]): DestinationColumn[] => {
    if (plan.kind !== 'first' && plan.kind !== 'last') return []
    const by = columns.find((candidate) => candidate.name === plan.by)
    if (by === undefined) throw new TypeError(`table ${name} has no column ${plan.by} to order ${column} by`)
    const names = companionNames(column)
    return [
      { name: names.by, type: by.type, nullable: true },
      { name: names.item, type: { kind: 'text', maxLength: undefined }, nullable: true },
    ]
  })
  return [...columns, ...companions]
}
