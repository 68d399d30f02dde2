import type { ItemState, RowCounts } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import { sumOfCounts } from './sum-of-counts.ts'
import type { RunRow } from './tables.ts'

/** How one pipeline stands. */
export interface PipelineStatus {
  readonly pipeline: string
  /** How many items are in each state; a state without items is absent. */
  readonly items: Readonly<Partial<Record<ItemState, number>>>
  /** Rows of all its items. */
  readonly rows: RowCounts
  readonly lastRun: RunRow | undefined
}

/** Every pipeline the ledger has seen, by name. */
export async function statusOverview(ledger: Ledger): Promise<PipelineStatus[]> {
  const { plans, states, runs } = await readLedger(ledger, async (db) => ({
    plans: await db.selectFrom('plan').select('pipeline').distinct().orderBy('pipeline').execute(),
    states: await db
      .selectFrom('item')
      .groupBy(['pipeline', 'state'])
      .select(['pipeline', 'state'])
      .select(sumOfCounts)
      .execute(),
    runs: await db
      .selectFrom('run')
      .where('id', 'in', (query) =>
        query
          .selectFrom('run')
          .groupBy('pipeline')
          .select(({ fn }) => fn.max('id').as('id')),
      )
      .selectAll()
      .execute(),
  }))
  return plans.map(({ pipeline }) => {
    const own = states.filter((row) => row.pipeline === pipeline)
    const sum = (name: keyof RowCounts) => own.reduce((total, row) => total + row[name], 0)
    return {
      pipeline,
      items: Object.fromEntries(own.map(({ state, items }) => [state, items])),
      rows: {
        read: sum('read'),
        loaded: sum('loaded'),
        rejected: sum('rejected'),
        skipped: sum('skipped'),
        warnings: sum('warnings'),
      },
      lastRun: runs.find((run) => run.pipeline === pipeline),
    }
  })
}
