import type { RuleCount } from '../model/rule-count.ts'
import { type Ledger, readLedger } from './ledger-access.ts'

/** How often one rule was broken. A row that broke several rules counts under each. */
export interface BrokenRule extends RuleCount {
  readonly pipeline: string
  /** In how many items. */
  readonly items: number
}

/** Broken rules over the items of a pipeline, a run, or one item; the most frequent first. */
export async function rejectSummary(
  ledger: Ledger,
  filter: { readonly pipeline?: string; readonly runId?: string; readonly itemId?: number } = {},
): Promise<BrokenRule[]> {
  const { pipeline, runId, itemId } = filter
  return readLedger(ledger, (db) => {
    let query = db
      .selectFrom('ruleCount')
      .innerJoin('item', 'item.id', 'ruleCount.itemId')
      .select(({ fn }) => [
        'item.pipeline',
        'ruleCount.code',
        'ruleCount.level',
        fn.sum<number>('ruleCount.rows').as('rows'),
        fn.countAll<number>().as('items'),
      ])
      .groupBy(['item.pipeline', 'ruleCount.code', 'ruleCount.level'])
      .orderBy('rows', 'desc')
      .orderBy('ruleCount.code')
    if (pipeline !== undefined) query = query.where('item.pipeline', '=', pipeline)
    if (runId !== undefined) query = query.where('item.runId', '=', runId)
    if (itemId !== undefined) query = query.where('item.id', '=', itemId)
    return query.execute()
  })
}
