import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { findExpired, firstWaiting, type Queue } from './find-waiting.ts'
import { overdueOf } from './make-due.ts'
import type { ItemRow, LedgerTables } from './tables.ts'

/** A place in the order over all queues, and whose it is. */
export interface Place extends Pick<ItemRow, 'id' | 'priority'> {
  readonly queue: number
}

/** What there is to do, seen without a lock. */
export interface Sight {
  /** Plans that have items which were to be done later than now is. */
  readonly overdue: readonly string[]
  /** Whether somebody's lease ran out. */
  readonly hasExpired: boolean
  /** The first of each queue. */
  readonly places: readonly Place[]
}

interface LookAroundRequest {
  readonly planHashes: readonly string[]
  readonly queues: readonly Queue[]
  readonly host: string
  /** How many places of each queue. */
  readonly limit: number
  readonly nowMs: number
}

type Kind = 'overdue' | 'expired' | 'waiting'
type Found = Pick<ItemRow, 'id' | 'priority'> & { readonly kind: Kind; readonly of: number }

/** All of it in one question, for each costs a round trip; whoever finds nothing has stood in nobody's way. */
export async function lookAround(db: Kysely<LedgerTables>, request: LookAroundRequest): Promise<Sight> {
  const { planHashes, queues, host, limit, nowMs } = request
  const questions = [
    ...planHashes.map((planHash, index) =>
      first(db, 'overdue', index, overdueOf(db, planHash, nowMs).select('priority').limit(1)),
    ),
    first(db, 'expired', 0, findExpired(db, planHashes, host, nowMs).select('priority').limit(1)),
    ...queues.map((queue, index) =>
      first(db, 'waiting', index, firstWaiting(db, queue, limit).select('priority')),
    ),
  ]
  const found: Found[] = []
  for (let start = 0; start < questions.length; start += QUESTIONS_AT_ONCE) {
    const [one, ...others] = questions.slice(start, start + QUESTIONS_AT_ONCE)
    if (one === undefined) break
    found.push(...(await others.reduce((all, other) => all.unionAll(other), one).execute()))
  }
  return {
    overdue: found.filter(({ kind }) => kind === 'overdue').flatMap(({ of }) => planHashes[of] ?? []),
    hasExpired: found.some(({ kind }) => kind === 'expired'),
    places: found
      .filter(({ kind }) => kind === 'waiting')
      .map(({ of, id, priority }) => ({ queue: of, id, priority })),
  }
}

/** SQLite joins at most 500 questions to one. */
const QUESTIONS_AT_ONCE = 200

function first(
  db: Kysely<LedgerTables>,
  kind: Kind,
  of: number,
  question: SelectQueryBuilder<LedgerTables, 'item', Pick<ItemRow, 'id' | 'priority'>>,
): SelectQueryBuilder<LedgerTables, never, Found> {
  return db
    .selectFrom(question.as('first'))
    .select(['first.id', 'first.priority'])
    .select(sql.lit(kind).$castTo<Kind>().as('kind'))
    .select(sql.lit(of).$castTo<number>().as('of'))
}
