import type { Transaction } from 'kysely'
import type { SchedulePlan } from '../model/plan.ts'
import { MAX_CLOCK_SKEW_MS } from './clock-skew.ts'
import { type DueResult, dueFirings, ON_TIME_MS } from './due-firings.ts'
import { type Ledger, readLedger, writeLedger } from './ledger-access.ts'
import type { NextMoment } from './sync-schedules.ts'
import type { FiringRow, LedgerTables, ScheduleRow } from './tables.ts'

interface FireDueRequest {
  /** Only schedules of these; absent: all. */
  readonly pipelines?: readonly string[]
  readonly next: NextMoment
  readonly nowMs: number
  /** Most schedules looked at, and most firings of one with `missed: 'all'`, at a time; call again while anything comes back. */
  readonly limit: number
}

/**
 * Fires the schedules whose moment has come, by their missed policy, and moves them on. Comes back with the firings made:
 * `waiting`, or `skipped` for moments let go. Each moment makes one firing, however many dispatchers ask and however their
 * clocks jump: a schedule is moved on only from where it was read, and a firing's token holds its moment.
 */
export async function fireDue(ledger: Ledger, request: FireDueRequest): Promise<FiringRow[]> {
  const made: FiringRow[] = []
  // Whoever loses to a rival looks again: one whose clock is behind may have moved a schedule back, and nothing was fired.
  for (let rivals = 0; rivals < MOST_RIVALS; rivals++) {
    const round = await fireOnce(ledger, request)
    made.push(...round.firings)
    if (!round.hasLost) break
  }
  return made
}

const MOST_RIVALS = 5

async function fireOnce(
  ledger: Ledger,
  request: FireDueRequest,
): Promise<{ readonly firings: readonly FiringRow[]; readonly hasLost: boolean }> {
  const { next, nowMs, limit } = request
  const moved = (await readDue(ledger, request)).map((schedule) => ({
    schedule,
    due: moveOn(schedule, { next, nowMs, limit }),
  }))
  if (moved.length === 0) return { firings: [], hasLost: false }
  return writeLedger(ledger, async (transaction) => {
    const firings: FiringRow[] = []
    let hasLost = false
    for (const { schedule, due } of moved)
      if (await advance(transaction, schedule, due))
        firings.push(...(await recordFirings(transaction, schedule, due, nowMs)))
      else hasLost = true
    return { firings, hasLost }
  })
}

type Moved = Omit<DueResult, 'lastMs'> & { readonly lastMs: number | null }

/** Those whose moment has come; and those that fired in what is now the future, for the clock was set back. */
async function readDue(ledger: Ledger, { pipelines, nowMs, limit }: FireDueRequest): Promise<ScheduleRow[]> {
  if (pipelines?.length === 0) return []
  const due = await readLedger(ledger, (db) =>
    db
      .selectFrom('schedule')
      .where('nextMs', 'is not', null)
      .where((eb) => eb.or([eb('nextMs', '<=', nowMs), eb('lastMs', '>', nowMs + MAX_CLOCK_SKEW_MS)]))
      .$if(pipelines !== undefined, (query) => query.where('pipeline', 'in', pipelines ?? []))
      .orderBy('nextMs')
      .limit(limit)
      .selectAll()
      .execute(),
  )
  // In one order everywhere: rivals that lock rows in different orders would wait for each other.
  return due.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

function moveOn(schedule: ScheduleRow, request: Pick<FireDueRequest, 'next' | 'nowMs' | 'limit'>): Moved {
  const { next, nowMs } = request
  const spec = JSON.parse(schedule.spec) as SchedulePlan
  const readMs = schedule.nextMs ?? 0
  if (readMs <= nowMs) return dueFirings(spec, { ...request, firstMs: readMs })
  // Waiting for a wrong future to come would be a silence of months. What was fired in it stays fired: its token is taken.
  const firstMs = next(spec, nowMs - ON_TIME_MS)
  if (firstMs !== undefined && firstMs <= nowMs) return dueFirings(spec, { ...request, firstMs })
  return { firings: [], nextMs: firstMs ?? null, lastMs: null }
}

/** True for one caller only, and not once the schedule was changed. */
async function advance(
  transaction: Transaction<LedgerTables>,
  { pipeline, rhythm, spec, nextMs: readMs }: ScheduleRow,
  { nextMs, lastMs }: Moved,
): Promise<boolean> {
  const moved = await transaction
    .updateTable('schedule')
    .set({ nextMs, lastMs })
    .where('pipeline', '=', pipeline)
    .where('rhythm', '=', rhythm)
    .where('spec', '=', spec)
    .where('nextMs', '=', readMs)
    .executeTakeFirst()
  return moved.numUpdatedRows > 0n
}

async function recordFirings(
  transaction: Transaction<LedgerTables>,
  { pipeline, rhythm }: ScheduleRow,
  { firings }: Moved,
  nowMs: number,
): Promise<FiringRow[]> {
  if (firings.length === 0) return []
  return transaction
    .insertInto('firing')
    .values(
      firings.map(({ dueMs, cause, state, reason }) => ({
        pipeline,
        rhythm,
        cause,
        // A moment let go in what turns out to be the wrong future may come again, and then it counts.
        token: `${state === 'skipped' ? 'missed' : 'schedule'}:${pipeline}:${rhythm}:${dueMs}`,
        state,
        dueMs,
        requestedBy: 'schedule',
        options: '{}',
        reason,
        createdMs: nowMs,
        finishedMs: state === 'skipped' ? nowMs : null,
      })),
    )
    .onConflict((on) => on.column('token').doNothing())
    .returningAll()
    .execute()
}

function keyOf({ pipeline, rhythm }: ScheduleRow): string {
  return `${pipeline}:${rhythm}`
}
