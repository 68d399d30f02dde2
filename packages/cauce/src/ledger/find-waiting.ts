import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { isPending } from './partial-indexes.ts'
import type { ItemRow, LedgerTables } from './tables.ts'

/** Items of one plan that one host may take: those bound to it, or (null) to none. */
export interface Queue {
  readonly pipeline: string
  readonly planHash: string
  readonly boundHost: string | null
}

/**
 * The first of a queue that are due, greater priorities first, then the oldest. Walks an index from its beginning and stops at
 * the limit: what is settled, held, to be done later or somebody else's is never looked at.
 */
export function firstWaiting(db: Kysely<LedgerTables>, queue: Queue, limit: number) {
  return (
    waitingIn(db, queue)
      .where('dueMs', '=', 0)
      .orderBy('planHash')
      // Constant here, and said all the same: PostgreSQL sees by it that the index has the order asked for.
      .orderBy('boundHost')
      .orderBy('priority', 'desc')
      .orderBy('id')
      .limit(limit)
      .select(['id', 'state', 'epoch', 'cancelMs'])
  )
}

function waitingIn(
  db: Kysely<LedgerTables>,
  { pipeline, planHash, boundHost }: Queue,
): SelectQueryBuilder<LedgerTables, 'item', object> {
  return db
    .selectFrom('item')
    .where(isPending)
    .where('planHash', '=', planHash)
    .where('pipeline', '=', pipeline)
    .where('boundHost', boundHost === null ? 'is' : '=', boundHost)
}

/** A place in the order over all queues, and whose it is. */
export interface Place extends Pick<ItemRow, 'id' | 'priority'> {
  readonly queue: number
}

/** The first of each queue, up to `limit` of each, in one question. */
export async function lookAtQueues(
  db: Kysely<LedgerTables>,
  queues: readonly Queue[],
  limit: number,
): Promise<readonly Place[]> {
  const places: Place[] = []
  if (limit <= 0) return places
  for (let start = 0; start < queues.length; start += QUEUES_PER_QUESTION) {
    const questions = queues.slice(start, start + QUEUES_PER_QUESTION).map((queue, index) =>
      db
        .selectFrom(firstWaiting(db, queue, limit).select('priority').as('first'))
        .select(['first.id', 'first.priority'])
        .select(
          sql
            .lit(start + index)
            .$castTo<number>()
            .as('queue'),
        ),
    )
    const [first, ...others] = questions
    if (first === undefined) break
    places.push(...(await others.reduce((all, one) => all.unionAll(one), first).execute()))
  }
  return places
}

/** SQLite joins at most 500 questions to one. */
const QUEUES_PER_QUESTION = 100
