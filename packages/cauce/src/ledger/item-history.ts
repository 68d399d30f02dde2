import { type Ledger, readLedger } from './ledger-access.ts'
import type { AttemptRow, RuleCountRow, TransitionRow } from './tables.ts'

/** Everything that happened to one item, in order. */
export interface ItemHistory {
  readonly attempts: readonly AttemptRow[]
  readonly transitions: readonly TransitionRow[]
  readonly ruleCounts: readonly RuleCountRow[]
}

export async function itemHistory(ledger: Ledger, id: number): Promise<ItemHistory> {
  return readLedger(ledger, async (db) => ({
    attempts: await db.selectFrom('attempt').where('itemId', '=', id).orderBy('id').selectAll().execute(),
    transitions: await db
      .selectFrom('transition')
      .where('itemId', '=', id)
      .orderBy('id')
      .selectAll()
      .execute(),
    ruleCounts: await db
      .selectFrom('ruleCount')
      .where('itemId', '=', id)
      .orderBy('rows', 'desc')
      .orderBy('code')
      .selectAll()
      .execute(),
  }))
}
