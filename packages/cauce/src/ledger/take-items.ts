import type { QueryCreator, Transaction } from 'kysely'
import { endClaim } from './end-claim.ts'
import { isActive } from './item-transitions.ts'
import { mayBeCommitted } from './may-be-committed.ts'
import { type ProcessIdentity, workerName } from './process-identity.ts'
import type { ItemRow, LedgerTables } from './tables.ts'
import { writeBesides, type Write } from './write-besides.ts'

/** What is known of an item that may be claimed. */
export type Candidate = Pick<ItemRow, (typeof CANDIDATE_COLUMNS)[number]>

/** What is asked of an item that is locked to be claimed. */
export const CANDIDATE_COLUMNS = ['id', 'state', 'epoch', 'attempts', 'runId', 'cancelMs'] as const

interface Taking {
  readonly owner: ProcessIdentity
  readonly leaseMs: number
  readonly nowMs: number
  /** The run and the plan that become theirs; absent: they keep their own. */
  readonly into?: { readonly runId: string; readonly planHash: string }
}

/**
 * Gives candidates, which this transaction found and holds, to a process, with their history: `extracting`, a new epoch, a try
 * counted, an attempt open. One whose owner was lost after somebody wanted it cancelled ends there; but what may have been
 * committed goes on, for only the destination's guard can tell.
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
  await endLostAttempts(transaction, taking, wanted)
  const query = await writeBesides(transaction, historyOf(transaction, taking, wanted))
  const taken = await changeOwner(
    query,
    taking,
    wanted.map(({ id }) => id),
  )
  if (taken.length !== wanted.length) throw new TypeError('items that were held changed all the same')
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
  query: QueryCreator<LedgerTables>,
  { owner, leaseMs, into, nowMs }: Taking,
  ids: readonly number[],
): Promise<ItemRow[]> {
  return query
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

/** The attempts of owners that were lost; few, each in a stage of its own. */
async function endLostAttempts(
  transaction: Transaction<LedgerTables>,
  { nowMs }: Taking,
  candidates: readonly Candidate[],
): Promise<void> {
  for (const { id, epoch, state } of candidates)
    if (isActive(state))
      await transaction
        .updateTable('attempt')
        .set({ outcome: 'lost', stage: state, finishedMs: nowMs })
        .where('itemId', '=', id)
        .where('epoch', '=', epoch)
        .execute()
}

function historyOf(
  transaction: Transaction<LedgerTables>,
  { owner, into, nowMs }: Taking,
  candidates: readonly Candidate[],
): readonly Write[] {
  const worker = workerName(owner)
  return [
    transaction.insertInto('attempt').values(
      candidates.map(({ id, attempts, epoch, runId }) => ({
        itemId: id,
        number: attempts + 1,
        epoch: epoch + 1,
        runId: into?.runId ?? runId,
        worker,
        startedMs: nowMs,
      })),
    ),
    transaction.insertInto('transition').values(
      candidates.map(({ id, state }) => {
        const reason = isActive(state) ? 'the lease ran out' : null
        return { itemId: id, atMs: nowMs, fromState: state, toState: 'extracting' as const, worker, reason }
      }),
    ),
  ]
}
