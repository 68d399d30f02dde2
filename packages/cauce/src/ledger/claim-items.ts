import type { Transaction } from 'kysely'
import { ACTIVE_STATES, type ItemState } from '../model/item-state.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import { skipLocked } from './lock-rows.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { ItemRow, LedgerTables } from './tables.ts'
import { type Candidate, CANDIDATE_COLUMNS, takeItems } from './take-items.ts'

/** Bounds the time a transaction holds the write lock, and its parameters. */
const CLAIMS_PER_TRANSACTION = 1_000

export interface ClaimItemsRequest {
  readonly pipeline: string
  readonly runId: string
  /** The plan the items will be done by; it becomes theirs. */
  readonly planHash: string
  readonly owner: ProcessIdentity
  readonly limit: number
  readonly leaseMs: number
  /**
   * A person's run takes at once what an earlier one left quarantined or to be done later; but nothing that was put aside since
   * it began, or two runs side by side would hand a failing item to each other for ever.
   */
  readonly takeFailedSystem: boolean
  /** Ids of the only items to take; absent: any of the pipeline. */
  readonly only?: readonly number[] | undefined
  readonly nowMs: number
}

/**
 * Takes up to `limit` items (and 1,000) for this process, oldest first: those whose lease ran out, then due `pending` ones, then, if asked,
 * `failed_system` ones. Each comes back as `extracting` with a new epoch, a try counted and an attempt open.
 * No two callers ever get the same epoch of an item.
 */
export async function claimItems(ledger: Ledger, request: ClaimItemsRequest): Promise<ItemRow[]> {
  return writeLedger(ledger, async (transaction) => {
    const { runId, planHash, owner, leaseMs, nowMs } = request
    const candidates = await findClaimable(transaction, request)
    const into = { runId, planHash }
    const taken = await takeItems(transaction, { owner, leaseMs, nowMs, into }, candidates)
    return taken.toSorted((one, other) => one.id - other.id)
  })
}

/** One question per kind of candidate, so that each walks its index from the oldest and stops at the limit. */
async function findClaimable(
  transaction: Transaction<LedgerTables>,
  request: ClaimItemsRequest,
): Promise<readonly Candidate[]> {
  const { pipeline, runId, owner, takeFailedSystem, only, nowMs } = request
  // An empty list is no SQL everywhere.
  if (only?.length === 0) return []
  const limit = Math.min(request.limit, CLAIMS_PER_TRANSACTION)
  const among = (...states: readonly ItemState[]) =>
    transaction
      .selectFrom('item')
      .where('pipeline', '=', pipeline)
      .where('state', 'in', states)
      .where((eb) => eb.or([eb('boundHost', 'is', null), eb('boundHost', '=', owner.host)]))
      .$if(only !== undefined, (query) => query.where('id', 'in', only ?? []))
      .orderBy('id')
      .select(CANDIDATE_COLUMNS)
  const run = await transaction
    .selectFrom('run')
    .where('id', '=', runId)
    .select('startedMs')
    .executeTakeFirstOrThrow()
  const putAsideMs = takeFailedSystem ? run.startedMs : 0
  const questions = [
    among(...ACTIVE_STATES).where('leaseUntilMs', '<', nowMs),
    among('pending').where((eb) => eb.or([eb('dueMs', '<=', nowMs), eb('updatedMs', '<=', putAsideMs)])),
    ...(takeFailedSystem
      ? [
          // A file that is gone is not asked for again and again: when its source lists it once more, it is pending.
          among('failed_system')
            .where('updatedMs', '<=', putAsideMs)
            .where((eb) => eb.or([eb('errorCode', 'is', null), eb('errorCode', '!=', 'SOURCE_VANISHED')])),
        ]
      : []),
  ]
  const found: Candidate[] = []
  for (const question of questions) {
    if (found.length >= limit) break
    found.push(...(await skipLocked(transaction, question.limit(limit - found.length)).execute()))
  }
  return found
}
