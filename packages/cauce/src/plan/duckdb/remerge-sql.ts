import type { LogicalType, MergePlan, TablePlan } from '../../model/plan.ts'
import { duckdbType } from './parse-sql.ts'
import { quoteName } from './quote.ts'

/**
 * Columns of the relation that holds, load by load, the rows a merged table received: beside the table's own, the place of the load
 * in the order of loads, and its item.
 */
export const LOAD_PLACE = '_cauce_place'
export const LOAD_ITEM = '_cauce_item'

interface TypedColumn {
  readonly name: string
  readonly type: LogicalType
}

/** Columns that keep what a `first` or `last` column's value came with: as many pairs as there are such columns, in order. */
export function rememberedColumns(
  { merge }: Pick<TablePlan, 'merge'>,
  columns: readonly TypedColumn[],
): readonly (TypedColumn & { readonly nullable: boolean })[] {
  return Object.entries(merge).flatMap(([column, plan]) => {
    if (plan.kind !== 'first' && plan.kind !== 'last') return []
    const by = columns.find(({ name }) => name === plan.by)
    return [
      { name: `_cauce_by_${column}`, type: by?.type ?? TEXT, nullable: true },
      { name: `_cauce_item_${column}`, type: TEXT, nullable: true },
    ]
  })
}

const TEXT: LogicalType = { kind: 'text', maxLength: undefined }

/**
 * What the rows of each key come to when load after load is merged into an empty table: what every destination makes of them row by
 * row, in one query. Gives the table's columns and the remembered ones.
 */
export function foldSql(
  table: Pick<TablePlan, 'key' | 'merge'>,
  columns: readonly TypedColumn[],
  relation: string,
): string {
  const own = columns.map(({ name, type }) => {
    const merge = table.merge[name]
    const value = table.key.includes(name) || merge === undefined ? quoteName(name) : folded(name, merge)
    return `CAST(${value} AS ${duckdbType(type)}) AS ${quoteName(name)}`
  })
  const remembered = Object.entries(table.merge).flatMap(([column, merge]) =>
    merge.kind === 'first' || merge.kind === 'last'
      ? [
          `${winner(quoteName(merge.by), merge)} AS ${quoteName(`_cauce_by_${column}`)}`,
          `${winner(LOAD_ITEM, merge)} AS ${quoteName(`_cauce_item_${column}`)}`,
        ]
      : [],
  )
  return `SELECT ${[...own, ...remembered].join(', ')} FROM ${relation} GROUP BY ${table.key.map(quoteName).join(', ')}`
}

function folded(column: string, merge: MergePlan): string {
  const name = quoteName(column)
  switch (merge.kind) {
    case 'min':
    case 'max':
    case 'sum':
      return `${merge.kind}(${name})`
    case 'period':
      return `sum(${name})`
    case 'replace':
      return `last(${name} ORDER BY ${LOAD_PLACE})`
    case 'first':
    case 'last':
      return winner(name, merge)
  }
}

/** A value of the row that comes first (last) by the `by` column, rows without one behind all others, ties by item. */
function winner(value: string, { kind, by }: Extract<MergePlan, { by: string }>): string {
  const direction = kind === 'first' ? 'ASC' : 'DESC'
  return `first(${value} ORDER BY ${quoteName(by)} ${direction} NULLS LAST, ${LOAD_ITEM} ${direction})`
}
