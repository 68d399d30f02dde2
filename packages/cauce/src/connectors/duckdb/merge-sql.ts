import type { MergePlan } from '../../model/plan.ts'
import { quoteName, quoteText } from '../../plan/duckdb/quote.ts'
import { companionNames } from './merge-columns.ts'

/** What a merged row holds in its columns that are not in the key: name to SQL over `staged` and `stored`. */
export type MergedValues = ReadonlyMap<string, string>

/**
 * How new and stored values become one, column by column, as `MergePlan` says. `item` is the item being loaded, by which equal
 * `by` values are told apart, so that the order of loads does not matter.
 */
export function mergedValues(merge: Readonly<Record<string, MergePlan>>, item: string): MergedValues {
  const values = new Map<string, string>()
  for (const [column, plan] of Object.entries(merge)) {
    const [staged, stored] = [`staged.${quoteName(column)}`, `stored.${quoteName(column)}`]
    switch (plan.kind) {
      case 'min':
        values.set(column, `least(${staged}, ${stored})`)
        break
      case 'max':
        values.set(column, `greatest(${staged}, ${stored})`)
        break
      case 'replace':
        values.set(column, staged)
        break
      case 'sum':
      // A staged counter is of the stored period, which the load has made sure of.
      case 'period':
        values.set(
          column,
          `CASE WHEN ${stored} IS NULL THEN ${staged} WHEN ${staged} IS NULL THEN ${stored} ELSE ${staged} + ${stored} END`,
        )
        break
      case 'first':
      case 'last': {
        const wins = winsSql(column, plan, item)
        const names = companionNames(column)
        const by = `staged.${quoteName(plan.by)}`
        values.set(column, `CASE WHEN ${wins} THEN ${staged} ELSE ${stored} END`)
        values.set(names.by, `CASE WHEN ${wins} THEN ${by} ELSE stored.${quoteName(names.by)} END`)
        values.set(
          names.item,
          `CASE WHEN ${wins} THEN ${quoteText(item)} ELSE stored.${quoteName(names.item)} END`,
        )
      }
    }
  }
  return values
}

/** Whether the staged row's value takes the stored one's place, absent or not: by `by`, any before none; ties by item. */
function winsSql(column: string, { kind, by }: Extract<MergePlan, { by: string }>, item: string): string {
  const names = companionNames(column)
  const [newBy, oldBy] = [`staged.${quoteName(by)}`, `stored.${quoteName(names.by)}`]
  const oldItem = `stored.${quoteName(names.item)}`
  const beats = kind === 'first' ? '<' : '>'
  return `(CASE WHEN stored.rowid IS NULL THEN true
    WHEN ${newBy} IS DISTINCT FROM ${oldBy} THEN ${oldBy} IS NULL OR coalesce(${newBy} ${beats} ${oldBy}, false)
    ELSE ${oldItem} IS NULL OR ${quoteText(item)} ${beats} ${oldItem} END)`
}
