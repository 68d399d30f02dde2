import type { Transaction } from 'kysely'
import type { Rhythm, SchedulePlan } from '../model/plan.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import type { LedgerTables, ScheduleRow } from './tables.ts'

/** The first moment of a schedule after another, in ms since 1970 UTC; undefined: there is none. */
export type NextMoment = (spec: SchedulePlan, afterMs: number) => number | undefined

export interface DeclaredSchedule {
  readonly pipeline: string
  readonly rhythm: Rhythm
  readonly spec: SchedulePlan
}

/** A project that shares a ledger, perhaps, with others. */
export interface SchedulingProject {
  /** The same wherever and whenever this project stands, and no other's. */
  readonly id: string
  /** All it declares, whether or not the caller stands for them. */
  readonly pipelines: readonly string[]
}

interface SyncRequest {
  readonly schedules: readonly DeclaredSchedule[]
  /** Those the caller speaks for, where projects share a ledger. */
  readonly pipelines?: readonly string[]
  readonly project?: SchedulingProject
  readonly next: NextMoment
  readonly nowMs: number
}

/**
 * Makes the ledger's schedules those declared. One that did not change keeps its next moment, so that what was missed meanwhile
 * is still known; a new or changed one counts from `nowMs`. Of `pipelines` (absent: of all) whatever is not declared goes. Of
 * pipelines that have left `project`, the schedules it was the last to declare go, and what they had fired and nobody had begun is
 * `skipped`; those of other projects stay. Any number of dispatchers may do it; the last to start decides.
 */
export async function syncSchedules(ledger: Ledger, request: SyncRequest): Promise<ScheduleRow[]> {
  return writeLedger(ledger, async (transaction) => {
    const known = await transaction.selectFrom('schedule').selectAll().execute()
    await removeGone(transaction, known, request)
    const synced: ScheduleRow[] = []
    // In one order everywhere: rivals that lock rows in different orders would wait for each other.
    for (const declared of request.schedules.toSorted(byKey)) {
      const now = known.find(
        ({ pipeline, rhythm }) => pipeline === declared.pipeline && rhythm === declared.rhythm,
      )
      synced.push(await declare(transaction, declared, now, request))
    }
    return synced
  })
}

async function removeGone(
  transaction: Transaction<LedgerTables>,
  known: readonly ScheduleRow[],
  { schedules, pipelines, project, nowMs }: SyncRequest,
): Promise<void> {
  for (const row of known.toSorted(byKey)) {
    const { pipeline, rhythm } = row
    const hasLeft =
      project !== undefined && row.project === project.id && !project.pipelines.includes(pipeline)
    const isUndeclared =
      (pipelines?.includes(pipeline) ?? true) &&
      !schedules.some((one) => one.pipeline === pipeline && one.rhythm === rhythm)
    if (!hasLeft && !isUndeclared) continue
    const { numDeletedRows } = await transaction
      .deleteFrom('schedule')
      .where('pipeline', '=', pipeline)
      .where('rhythm', '=', rhythm)
      // Another project may have made it its own since it was read.
      .$if(hasLeft, (query) => query.where('project', '=', row.project))
      .executeTakeFirst()
    if (hasLeft && numDeletedRows > 0n) await skipWaiting(transaction, { pipeline, rhythm, nowMs })
  }
}

/** Nobody would ever begin them, and they would be told as late for ever. What a person asked for is left to people. */
async function skipWaiting(
  transaction: Transaction<LedgerTables>,
  { pipeline, rhythm, nowMs }: { readonly pipeline: string; readonly rhythm: Rhythm; readonly nowMs: number },
): Promise<void> {
  await transaction
    .updateTable('firing')
    .set({ state: 'skipped', reason: 'the pipeline left its project', finishedMs: nowMs })
    .where('pipeline', '=', pipeline)
    .where('rhythm', '=', rhythm)
    .where('state', '=', 'waiting')
    .where('cause', '!=', 'manual')
    .execute()
}

async function declare(
  transaction: Transaction<LedgerTables>,
  { pipeline, rhythm, spec }: DeclaredSchedule,
  now: ScheduleRow | undefined,
  { project, next, nowMs }: SyncRequest,
): Promise<ScheduleRow> {
  const json = JSON.stringify(spec)
  const owner = project?.id ?? null
  if (now?.spec === json && now.project === owner) return now
  const fresh = { spec: json, nextMs: next(spec, nowMs) ?? null, changedMs: nowMs, project: owner }
  return transaction
    .insertInto('schedule')
    .values({ pipeline, rhythm, ...fresh })
    .onConflict((on) =>
      on.columns(['pipeline', 'rhythm']).doUpdateSet(now?.spec === json ? { project: owner } : fresh),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}

type ScheduleKey = Pick<DeclaredSchedule, 'pipeline' | 'rhythm'>

function byKey(one: ScheduleKey, other: ScheduleKey): number {
  const [a, b] = [`${one.pipeline}:${one.rhythm}`, `${other.pipeline}:${other.rhythm}`]
  return a < b ? -1 : a > b ? 1 : 0
}
