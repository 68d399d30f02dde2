import type { Transaction, Updateable } from 'kysely'
import type { ErrorReport } from '../model/cauce-error.ts'
import { enterStages, findHeld, type ItemProgress, progressColumns, workerOf } from './held-item.ts'
import { mayFollow, type SettledState } from './item-transitions.ts'
import { recordTransitions } from './record-transitions.ts'
import type { AttemptOutcome, Claim, ItemRow, LedgerTables } from './tables.ts'

interface ClaimEnd extends Claim, ItemProgress {
  readonly to: 'pending' | SettledState
  readonly outcome: AttemptOutcome
  readonly reason: string | null
  readonly error: ErrorReport | undefined
  /** What else the end tells of the item. */
  readonly columns: (held: ItemRow) => Updateable<LedgerTables['item']>
  readonly nowMs: number
}

/**
 * Ends a claim: the item leaves its active state, its attempt ends, its history says so. Undefined, and nothing written, when
 * the claim no longer holds the item.
 */
export async function endClaim(
  transaction: Transaction<LedgerTables>,
  end: ClaimEnd,
): Promise<ItemRow | undefined> {
  const { id, epoch, to, outcome, reason, nowMs } = end
  const held = await findHeld(transaction, end)
  if (held === undefined) return undefined
  const stage = await enterStages(transaction, held, end.stages)
  if (!mayFollow(stage, to)) throw new TypeError(`an item goes from ${stage} to ${to} by no right`)
  const ended = await transaction
    .updateTable('item')
    .set({
      ...progressColumns(end),
      ...errorColumns(end.error),
      ...end.columns(held),
      state: to,
      ownerHost: null,
      ownerPid: null,
      ownerStart: null,
      leaseUntilMs: null,
      progressBytes: null,
      progressRows: null,
      updatedMs: nowMs,
    })
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('state', '=', held.state)
    .returningAll()
    .executeTakeFirst()
  if (ended === undefined) return undefined
  await transaction
    .updateTable('attempt')
    .set({ ...errorColumns(end.error), outcome, stage, finishedMs: nowMs })
    .where('itemId', '=', id)
    .where('epoch', '=', epoch)
    .execute()
  await recordTransitions(transaction, [
    { itemId: id, atMs: nowMs, fromState: stage, toState: to, worker: workerOf(held), reason },
  ])
  return ended
}

function errorColumns(error: ErrorReport | undefined) {
  return {
    errorClass: error?.class ?? null,
    errorCode: error?.code ?? null,
    errorDetails: error === undefined ? null : JSON.stringify(error.details),
  }
}
