import { type Expression, type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { isPending } from './partial-indexes.ts'
import type { LedgerTables } from './tables.ts'
import { CANDIDATE_COLUMNS } from './take-items.ts'

/** Items of one plan that one host may take: those bound to it, or (null) to none. */
export interface Queue {
  readonly pipeline: string
  readonly planHash: string
  readonly boundHost: string | null
}

/**
 * The first of a queue that are due, greater priorities first, then the oldest; none of a paused pipeline. Walks an index from its
 * beginning and stops at the limit: what is settled, held, to be done later or somebody else's is never looked at.
 */
export function firstWaiting(
  db: Kysely<LedgerTables>,
  { pipeline, planHash, boundHost }: Queue,
  limit: number,
) {
  return (
    db
      .selectFrom('item')
      .where(isPending)
      .where('planHash', '=', planHash)
      .where('pipeline', '=', pipeline)
      .where('boundHost', boundHost === null ? 'is' : '=', boundHost)
      .where('dueMs', '=', 0)
      .where((eb) => isNotPaused(eb, eb.val(pipeline)))
      .orderBy('planHash')
      // Constant here, and said all the same: PostgreSQL sees by it that the index has the order asked for.
      .orderBy('boundHost')
      .orderBy('priority', 'desc')
      .orderBy('id')
      .limit(limit)
      .select(CANDIDATE_COLUMNS)
  )
}

/** Held items whose lease ran out, of these plans and this host; none of a paused pipeline. Few are ever held: they are looked at by their leases. */
export function findExpired(
  db: Kysely<LedgerTables>,
  planHashes: readonly string[],
  host: string,
  nowMs: number,
) {
  return db
    .selectFrom('item')
    .where('leaseUntilMs', '<', nowMs)
    .where('planHash', 'in', planHashes)
    .where((eb) => eb.or([eb('boundHost', 'is', null), eb('boundHost', '=', host)]))
    .where((eb) => isNotPaused(eb, eb.ref('item.pipeline')))
    .orderBy('leaseUntilMs')
    .orderBy('id')
    .select(CANDIDATE_COLUMNS)
}

function isNotPaused(eb: ExpressionBuilder<LedgerTables, 'item'>, pipeline: Expression<string>) {
  const paused = eb
    .selectFrom('pipelineControl as control')
    .where('control.pipeline', '=', pipeline)
    .where('control.pausedMs', 'is not', null)
    .select(sql.lit(1).as('one'))
  return eb.not(eb.exists(paused))
}
