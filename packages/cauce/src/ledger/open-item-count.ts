import { HELD_MS } from './held-ms.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import { isOpen } from './partial-indexes.ts'

/**
 * How many items of a run are pending or being worked on. Those held are not counted: they wait for another run to dispatch them.
 */
export async function openItemCount(ledger: Ledger, runId: string): Promise<number> {
  const { items } = await readLedger(ledger, (db) =>
    db
      .selectFrom('item')
      .where(isOpen)
      .where('runId', '=', runId)
      .where('dueMs', '<', HELD_MS)
      .select(({ fn }) => fn.countAll<number>().as('items'))
      .executeTakeFirstOrThrow(),
  )
  return items
}
