import { enterStages, findHeld, type ItemProgress, progressColumns } from './held-item.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import type { Claim } from './tables.ts'

export interface HeartbeatRequest {
  /** What this process really works on, with what it found out since. */
  readonly items: readonly (Claim & ItemProgress)[]
  readonly leaseMs: number
  readonly nowMs: number
}

/**
 * Renews the leases of the items named, and of no others, writing stages and progress in the same transaction. A lease that ran
 * out is renewed as long as nobody took the item. `lost` are ids others hold now: work on them must stop.
 */
export async function heartbeat(
  ledger: Ledger,
  { items, leaseMs, nowMs }: HeartbeatRequest,
): Promise<{ readonly lost: readonly number[] }> {
  if (items.length === 0) return { lost: [] }
  return writeLedger(ledger, async (transaction) => {
    const lost: number[] = []
    for (const item of items) {
      const held = await findHeld(transaction, item)
      if (held === undefined) {
        lost.push(item.id)
        continue
      }
      await transaction
        .updateTable('item')
        .set({
          ...progressColumns(item),
          state: await enterStages(transaction, held, item.stages),
          leaseUntilMs: nowMs + leaseMs,
          updatedMs: nowMs,
        })
        .where('id', '=', item.id)
        .where('epoch', '=', item.epoch)
        .where('state', '=', held.state)
        .execute()
    }
    return { lost }
  })
}
