import type { ExpressionBuilder } from 'kysely'
import type { RowCounts } from '../model/item-state.ts'
import type { LedgerTables } from './tables.ts'

/** Sums of the row counts over a set of items; zeros over none. */
export function sumOfCounts(eb: ExpressionBuilder<LedgerTables, 'item'>) {
  const sum = <Column extends keyof RowCounts>(column: Column) =>
    eb.fn.coalesce(eb.fn.sum<number>(column), eb.lit(0)).as(column)
  return [
    eb.fn.countAll<number>().as('items'),
    sum('read'),
    sum('loaded'),
    sum('rejected'),
    sum('skipped'),
    sum('warnings'),
  ] as const
}
