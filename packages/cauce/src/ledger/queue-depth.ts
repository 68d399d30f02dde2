import { type Ledger, readLedger } from './ledger-access.ts'
import { isPending } from './partial-indexes.ts'

/** What of a pipeline could be taken now. */
export interface QueueDepth {
  readonly pipeline: string
  readonly items: number
  /** Since when the first of them has been waiting: when it was recorded, or put back. */
  readonly oldestMs: number
}

/** Due `pending` items, for each pipeline that has some. Counts along the index claims walk, and looks at one item of each plan. */
export async function queueDepth(ledger: Ledger, nowMs: number): Promise<readonly QueueDepth[]> {
  return readLedger(ledger, async (db) => {
    const plans = await db
      .selectFrom('item')
      .where(isPending)
      .where('dueMs', '<=', nowMs)
      .groupBy('planHash')
      .select(({ fn }) => ['planHash', fn.countAll<number>().as('items'), fn.min('id').as('firstId')])
      .execute()
    if (plans.length === 0) return []
    const first = await db
      .selectFrom('item')
      .where(
        'id',
        'in',
        plans.map(({ firstId }) => firstId),
      )
      .orderBy('pipeline')
      .select(['id', 'pipeline', 'updatedMs'])
      .execute()
    const depths = new Map<string, QueueDepth>()
    for (const { id, pipeline, updatedMs } of first) {
      const items = plans.find(({ firstId }) => firstId === id)?.items ?? 0
      const known = depths.get(pipeline)
      depths.set(pipeline, {
        pipeline,
        items: items + (known?.items ?? 0),
        oldestMs: Math.min(updatedMs, known?.oldestMs ?? updatedMs),
      })
    }
    return [...depths.values()]
  })
}
