import { sql, type Transaction } from 'kysely'
import type { RunState } from '../model/item-state.ts'
import type { SchedulePlan } from '../model/plan.ts'
import { MAX_CLOCK_SKEW_MS } from './clock-skew.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { FiringRow, LedgerTables, RunRow, ScheduleRow } from './tables.ts'

/**
 * How many of the newest runs of a pipeline are looked at. By their order and not by when they closed: that was written by
 * whichever clock the machine that closed them had.
 */
const NEWEST_RUNS = 200

const CLOSED_WELL: readonly RunState[] = ['done', 'done_with_rejects']
const CLOSED: readonly RunState[] = [...CLOSED_WELL, 'failed', 'interrupted']

/**
 * Fires the pipelines declared with `after()` for runs of the other that closed since they were declared. It looks at what is
 * closed, so a dispatcher that dies between a close and this loses nothing; each run makes one firing of each follower. Of more
 * than 200 runs that closed while nobody looked, the older are let go.
 */
export async function fireAfter(
  ledger: Ledger,
  request: {
    /** Only followers of these names; absent: all. */
    readonly pipelines?: readonly string[]
    readonly nowMs: number
    /** Most runs followed by one follower at a time; call again while anything comes back. */
    readonly limit: number
  },
): Promise<FiringRow[]> {
  const { pipelines, nowMs, limit } = request
  const made: FiringRow[] = []
  for (const follower of await readFollowers(ledger)) {
    if (pipelines?.includes(follower.schedule.pipeline) === false) continue
    const closed = await runsToFollow(ledger, follower, { nowMs, limit })
    if (closed.length === 0) continue
    const firings = await writeLedger(ledger, (transaction) => follow(transaction, follower, closed, nowMs))
    made.push(...firings)
  }
  return made
}

interface Follower {
  readonly schedule: ScheduleRow
  readonly spec: SchedulePlan & { readonly kind: 'after' }
}

async function readFollowers(ledger: Ledger): Promise<readonly Follower[]> {
  const untimed = await readLedger(ledger, (db) =>
    db
      .selectFrom('schedule')
      .where('nextMs', 'is', null)
      .orderBy('pipeline')
      .orderBy('rhythm')
      .selectAll()
      .execute(),
  )
  return untimed.flatMap((schedule) => {
    const spec = JSON.parse(schedule.spec) as SchedulePlan
    return spec.kind === 'after' ? [{ schedule, spec }] : []
  })
}

type ClosedRun = Pick<RunRow, 'id' | 'finishedMs'>

async function runsToFollow(
  ledger: Ledger,
  { schedule, spec }: Follower,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<readonly ClosedRun[]> {
  const { changedMs } = schedule
  // When the clock was set back behind the declaration, what closes now counts all the same.
  const sinceMs = changedMs <= nowMs + MAX_CLOCK_SKEW_MS ? changedMs : nowMs - 2 * MAX_CLOCK_SKEW_MS
  return readLedger(ledger, (db) =>
    db
      .selectFrom(
        db
          .selectFrom('run')
          .where('pipeline', '=', spec.pipeline)
          .orderBy('id', 'desc')
          .limit(NEWEST_RUNS)
          .select(['id', 'state', 'finishedMs'])
          .as('newest'),
      )
      .where('newest.state', 'in', spec.on === 'always' ? CLOSED : CLOSED_WELL)
      .where('newest.finishedMs', '>=', sinceMs)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('firing')
              .where('firing.token', '=', sql<string>`${tokenPrefix(schedule)} || ${eb.ref('newest.id')}`)
              .select('firing.id'),
          ),
        ),
      )
      .orderBy('newest.id')
      .limit(limit)
      .select(['newest.id', 'newest.finishedMs'])
      .execute(),
  )
}

async function follow(
  transaction: Transaction<LedgerTables>,
  { schedule }: Follower,
  closed: readonly ClosedRun[],
  nowMs: number,
): Promise<FiringRow[]> {
  const { pipeline, rhythm } = schedule
  await transaction
    .updateTable('schedule')
    .set({ lastMs: closed.at(-1)?.finishedMs ?? nowMs })
    .where('pipeline', '=', pipeline)
    .where('rhythm', '=', rhythm)
    .execute()
  return transaction
    .insertInto('firing')
    .values(
      closed.map(({ id, finishedMs }) => ({
        pipeline,
        rhythm,
        cause: 'after' as const,
        token: `${tokenPrefix(schedule)}${id}`,
        state: 'waiting' as const,
        dueMs: finishedMs ?? nowMs,
        requestedBy: `run ${id}`,
        options: '{}',
        createdMs: nowMs,
      })),
    )
    .onConflict((on) => on.column('token').doNothing())
    .returningAll()
    .execute()
}

function tokenPrefix({ pipeline, rhythm }: ScheduleRow): string {
  return `after:${pipeline}:${rhythm}:`
}
