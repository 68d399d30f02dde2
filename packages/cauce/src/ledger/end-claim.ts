import type { Transaction, Updateable } from 'kysely'
import type { ErrorReport } from '../model/cauce-error.ts'
import { enterStages, findHeld, type ItemProgress, progressColumns, workerOf } from './held-item.ts'
import { mayFollow, type SettledState } from './item-transitions.ts'
import { mayBeCommitted } from './may-be-committed.ts'
import type { AttemptOutcome, Claim, ItemRow, LedgerTables } from './tables.ts'
import { writeBesides } from './write-besides.ts'

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
 * Ends a claim: the item leaves its active state, its attempt ends, its history says so. One that somebody wanted cancelled does
 * not go back to `pending` but ends as `cancelled`, unless it may have been committed: only the destination's guard can tell, so
 * it goes on. Undefined, and nothing written, when the claim no longer holds the item.
 */
export async function endClaim(
  transaction: Transaction<LedgerTables>,
  end: ClaimEnd,
): Promise<ItemRow | undefined> {
  const { id, epoch, outcome, nowMs } = end
  const held = await findHeld(transaction, end)
  if (held === undefined) return undefined
  const { state: stage, entered } = enterStages(held, end.stages)
  const { to, reason, columns } = await heedCancel(transaction, end, { ...held, state: stage })
  if (!mayFollow(stage, to)) throw new TypeError(`an item goes from ${stage} to ${to} by no right`)
  const attempt = transaction
    .updateTable('attempt')
    .set({ ...errorColumns(end.error), outcome, stage, finishedMs: nowMs })
    .where('itemId', '=', id)
    .where('epoch', '=', epoch)
  const history = transaction
    .insertInto('transition')
    .values([
      ...entered,
      { itemId: id, atMs: nowMs, fromState: stage, toState: to, worker: workerOf(held), reason },
    ])
  const query = await writeBesides(transaction, [attempt, history])
  return query
    .updateTable('item')
    .set({
      ...progressColumns(end),
      // Whoever cancels takes nothing from the story of what went wrong before.
      ...((to !== 'cancelled' || end.error !== undefined) && errorColumns(end.error)),
      ...end.columns(held),
      ...columns,
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
    .executeTakeFirstOrThrow()
}

async function heedCancel(
  transaction: Transaction<LedgerTables>,
  { to, outcome, reason, nowMs }: ClaimEnd,
  { id, state, cancelMs, cancelBy }: ItemRow,
): Promise<Pick<ClaimEnd, 'to' | 'reason'> & { readonly columns: Updateable<LedgerTables['item']> }> {
  if (to !== 'pending' || cancelMs === null) return { to, reason, columns: {} }
  // Whoever reports a failure knows that nothing was committed; whoever was lost or interrupted may not.
  const isInDoubt = state === 'loading' && outcome !== 'failed'
  if (isInDoubt || (await mayBeCommitted(transaction, id)))
    return { to, reason, columns: { cancelMs: null, cancelBy: null } }
  const said = `cancelled by ${cancelBy ?? 'nobody'}`
  return {
    to: 'cancelled',
    reason: reason === null ? said : `${reason}; ${said}`,
    columns: { dueMs: 0, finishedMs: nowMs },
  }
}

function errorColumns(error: ErrorReport | undefined) {
  return {
    errorClass: error?.class ?? null,
    errorCode: error?.code ?? null,
    errorDetails: error === undefined ? null : JSON.stringify(error.details),
  }
}
