import type { Transaction } from 'kysely'
import { endClaim } from './end-claim.ts'
import { isActive } from './item-transitions.ts'
import { mayBeCommitted } from './may-be-committed.ts'
import { type ProcessIdentity, workerName } from './process-identity.ts'
import { recordTransitions } from './record-transitions.ts'
import type { ItemRow, LedgerTables } from './tables.ts'

/** What is known of an item that may be claimed. */
export type Candidate = Pick<ItemRow, 'id' | 'state' | 'epoch' | 'cancelMs'>

interface Taking {
  readonly owner: ProcessIdentity
  readonly leaseMs: number
  readonly nowMs: number
  /** The run and the plan that become theirs; absent: they keep their own. */
  readonly into?: { readonly runId: string; readonly planHash: string }
}

/**
 * Gives candidates to a process, with their history: `extracting`, a new epoch, a try counted, an attempt open. A candidate that is
 * no longer what it was is left out. One whose owner was lost after somebody wanted it cancelled ends there; but what may have
 * been committed goes on, for only the destination's guard can tell.
 */
export async function takeItems(
  transaction: Transaction<LedgerTables>,
  taking: Taking,
  candidates: readonly Candidate[],
): Promise<ItemRow[]> {
  const wanted: Candidate[] = []
  for (const candidate of candidates)
    if (!(await cancelLost(transaction, candidate, taking.nowMs))) wanted.push(candidate)
  if (wanted.length === 0) return []
  const taken = await changeOwner(
    transaction,
    taking,
    wanted.map(({ id }) => id),
  )
  await writeHistory(transaction, taking, new Map(wanted.map(({ id, state }) => [id, state])), taken)
  return taken
}

/** True: it ended as cancelled. */
async function cancelLost(
  transaction: Transaction<LedgerTables>,
  { id, epoch, state, cancelMs }: Candidate,
  nowMs: number,
): Promise<boolean> {
  if (cancelMs === null || !isActive(state)) return false
  if (state === 'loading' || (await mayBeCommitted(transaction, id))) return false
  const reason = 'the lease ran out'
  const end = { id, epoch, outcome: 'lost', reason, error: undefined, columns: () => ({}), nowMs } as const
  await endClaim(transaction, { ...end, to: 'pending' })
  return true
}

async function changeOwner(
  transaction: Transaction<LedgerTables>,
  { owner, leaseMs, into, nowMs }: Taking,
  ids: readonly number[],
): Promise<ItemRow[]> {
  return transaction
    .updateTable('item')
    .set((eb) => ({
      state: 'extracting',
      epoch: eb('epoch', '+', 1),
      attempts: eb('attempts', '+', 1),
      roundAttempts: eb
        .case()
        .when('state', '=', 'failed_system')
        .then(eb.lit(1))
        .else(eb('roundAttempts', '+', 1))
        .end(),
      ...into,
      dueMs: 0,
      ownerHost: owner.host,
      ownerPid: owner.pid,
      ownerStart: owner.start,
      leaseUntilMs: nowMs + leaseMs,
      progressBytes: null,
      progressRows: null,
      cancelMs: null,
      cancelBy: null,
      updatedMs: nowMs,
      finishedMs: null,
    }))
    .where('id', 'in', ids)
    .where((eb) => eb.or([eb('state', 'in', ['pending', 'failed_system']), eb('leaseUntilMs', '<', nowMs)]))
    .returningAll()
    .execute()
}

async function writeHistory(
  transaction: Transaction<LedgerTables>,
  { owner, nowMs }: Taking,
  before: ReadonlyMap<number, ItemRow['state']>,
  taken: readonly ItemRow[],
): Promise<void> {
  if (taken.length === 0) return
  const worker = workerName(owner)
  for (const { id, epoch } of taken) {
    const state = before.get(id)
    if (state === undefined || !isActive(state)) continue
    await transaction
      .updateTable('attempt')
      .set({ outcome: 'lost', stage: state, finishedMs: nowMs })
      .where('itemId', '=', id)
      .where('epoch', '=', epoch - 1)
      .execute()
  }
  await transaction
    .insertInto('attempt')
    .values(
      taken.map(({ id, attempts, epoch, runId }) => ({
        itemId: id,
        number: attempts,
        epoch,
        runId,
        worker,
        startedMs: nowMs,
      })),
    )
    .execute()
  await recordTransitions(
    transaction,
    taken.map(({ id }) => {
      const fromState = before.get(id) ?? 'pending'
      const reason = isActive(fromState) ? 'the lease ran out' : null
      return { itemId: id, atMs: nowMs, fromState, toState: 'extracting', worker, reason }
    }),
  )
}
