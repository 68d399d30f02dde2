import type { Kysely } from 'kysely'
import type { RowCounts } from '../model/item-state.ts'
import { type Ledger, readLedger } from './ledger-access.ts'
import type { AttemptRow, LedgerTables, RuleCountRow, TransitionRow } from './tables.ts'

/** One transition of an item, with what came of it. */
export interface JournalEntry
  extends Pick<TransitionRow, 'id' | 'itemId' | 'atMs' | 'fromState' | 'toState'>, RowCounts {
  readonly pipeline: string
  /** When the state it left was entered; null: not known. */
  readonly enteredMs: number | null
  /** Of the attempt that ended with it; null: none did. */
  readonly outcome: AttemptRow['outcome']
}

/** Which transitions: those after one id, and some of an earlier id that were not there when it was read. */
export interface JournalRequest {
  readonly afterId: number
  readonly ids: readonly number[]
  readonly limit: number
}

/**
 * What happened to items since, in the order of ids. On PostgreSQL ids are given before they are seen: one that is missing between
 * two others may still come, and is asked for again by `ids`.
 */
export async function readJournal(ledger: Ledger, request: JournalRequest): Promise<readonly JournalEntry[]> {
  const { afterId, ids, limit } = request
  return readLedger(ledger, async (db) => {
    const late = ids.length === 0 ? [] : await entries(db).where('transition.id', 'in', ids).execute()
    const fresh = await entries(db).where('transition.id', '>', afterId).limit(limit).execute()
    return [...late, ...fresh]
  })
}

function entries(db: Kysely<LedgerTables>) {
  return db
    .selectFrom('transition')
    .innerJoin('item', 'item.id', 'transition.itemId')
    .leftJoin('attempt', (join) =>
      join
        .onRef('attempt.itemId', '=', 'transition.itemId')
        .onRef('attempt.finishedMs', '=', 'transition.atMs')
        .on('transition.fromState', 'in', ['extracting', 'transforming', 'loading']),
    )
    .select([
      'transition.id',
      'transition.itemId',
      'transition.atMs',
      'transition.fromState',
      'transition.toState',
      'item.pipeline',
      'item.read',
      'item.loaded',
      'item.rejected',
      'item.skipped',
      'item.warnings',
      'attempt.outcome',
    ])
    .select((eb) =>
      eb
        .selectFrom('transition as earlier')
        .whereRef('earlier.itemId', '=', 'transition.itemId')
        .whereRef('earlier.id', '<', 'transition.id')
        .whereRef('earlier.toState', '=', 'transition.fromState')
        .orderBy('earlier.id', 'desc')
        .limit(1)
        .select('earlier.atMs')
        .as('enteredMs'),
    )
    .orderBy('transition.id')
}

/** How many rows broke each rule, of some items. */
export async function ruleCountsOf(ledger: Ledger, itemIds: readonly number[]): Promise<RuleCountRow[]> {
  if (itemIds.length === 0) return []
  return readLedger(ledger, (db) =>
    db.selectFrom('ruleCount').where('itemId', 'in', itemIds).selectAll().execute(),
  )
}
