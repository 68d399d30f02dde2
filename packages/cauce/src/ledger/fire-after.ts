import { type ExpressionBuilder, sql, type Transaction } from 'kysely'
import type { RunState } from '../model/item-state.ts'
import type { SchedulePlan } from '../model/plan.ts'
import { MAX_CLOCK_SKEW_MS } from './clock-skew.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { FiringRow, LedgerTables, RunRow, ScheduleRow } from './tables.ts'

/** Runs that close at the same time become visible in any order: so far back they are looked for again. */
const LOOK_BACK_MS = 2 * MAX_CLOCK_SKEW_MS

const CLOSED_WELL: readonly RunState[] = ['done', 'done_with_rejects']
const CLOSED: readonly RunState[] = [...CLOSED_WELL, 'failed', 'interrupted']

/**
 * Fires the pipelines declared with `after()` for runs of the other that closed since. It looks at what is closed, so a
 * dispatcher that dies between a close and this loses nothing; each run makes one firing of each follower.
 */
export async function fireAfter(
  ledger: Ledger,
  request: {
    /** Only followers of these names; absent: all. */
    readonly pipelines?: readonly string[]
    readonly nowMs: number
    /** Most runs considered for one follower at a time; call again while anything comes back. */
    readonly limit: number
  },
): Promise<FiringRow[]> {
  const { pipelines, nowMs, limit } = request
  const made: FiringRow[] = []
  for (const schedule of await readUntimed(ledger)) {
    const spec = JSON.parse(schedule.spec) as SchedulePlan
    if (spec.kind !== 'after' || pipelines?.includes(schedule.pipeline) === false) continue
    const upstream = { pipeline: spec.pipeline, states: spec.on === 'always' ? CLOSED : CLOSED_WELL }
    const closed = await readLedger(ledger, (db) =>
      runsToFollow(db, schedule, { ...upstream, nowMs, limit }).execute(),
    )
    if (closed.length === 0) continue
    const firings = await writeLedger(ledger, (transaction) => follow(transaction, schedule, closed, nowMs))
    made.push(...firings)
  }
  return made
}

async function readUntimed(ledger: Ledger): Promise<ScheduleRow[]> {
  return readLedger(ledger, (db) =>
    db
      .selectFrom('schedule')
      .where('nextMs', 'is', null)
      .orderBy('pipeline')
      .orderBy('rhythm')
      .selectAll()
      .execute(),
  )
}

type ClosedRun = Pick<RunRow, 'id' | 'finishedMs'>

function runsToFollow(
  db: Ledger['db'],
  schedule: ScheduleRow,
  upstream: {
    readonly pipeline: string
    readonly states: readonly RunState[]
    readonly nowMs: number
    readonly limit: number
  },
) {
  const { changedMs, lastMs } = schedule
  const { pipeline, states, nowMs, limit } = upstream
  const seenMs = Math.max(changedMs, (lastMs ?? 0) - LOOK_BACK_MS)
  // When the clock was set back behind what was seen, what closes now counts all the same.
  const sinceMs = seenMs <= nowMs ? seenMs : nowMs - LOOK_BACK_MS
  const token = (eb: ExpressionBuilder<LedgerTables, 'run' | 'firing'>) =>
    sql<string>`${tokenPrefix(schedule)} || ${eb.ref('run.id')}`
  return db
    .selectFrom('run')
    .where('run.pipeline', '=', pipeline)
    .where('run.state', 'in', states)
    .where('run.finishedMs', '>=', sinceMs)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('firing')
            .where((inner) => inner('firing.token', '=', token(inner)))
            .select('firing.id'),
        ),
      ),
    )
    .orderBy('run.finishedMs')
    .orderBy('run.id')
    .limit(limit)
    .select(['run.id', 'run.finishedMs'])
}

async function follow(
  transaction: Transaction<LedgerTables>,
  schedule: ScheduleRow,
  closed: readonly ClosedRun[],
  nowMs: number,
): Promise<FiringRow[]> {
  const { pipeline, rhythm } = schedule
  const lastMs = closed.at(-1)?.finishedMs ?? nowMs
  await transaction
    .updateTable('schedule')
    .set({ lastMs })
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
