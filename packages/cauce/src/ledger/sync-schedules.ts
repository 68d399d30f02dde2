import type { Rhythm, SchedulePlan } from '../model/plan.ts'
import { type Ledger, writeLedger } from './ledger-access.ts'
import type { ScheduleRow } from './tables.ts'

/** The first moment of a schedule after another, in ms since 1970 UTC; undefined: there is none. */
export type NextMoment = (spec: SchedulePlan, afterMs: number) => number | undefined

export interface DeclaredSchedule {
  readonly pipeline: string
  readonly rhythm: Rhythm
  readonly spec: SchedulePlan
}

/**
 * Makes the ledger's schedules those declared. One that did not change keeps its next moment, so that what was missed meanwhile
 * is still known; a new or changed one counts from `nowMs`. Of `pipelines` (absent: of all) whatever is not declared goes.
 * Any number of dispatchers may do it; the last to start decides.
 */
export async function syncSchedules(
  ledger: Ledger,
  request: {
    readonly schedules: readonly DeclaredSchedule[]
    /** Those the caller speaks for, where projects share a ledger. */
    readonly pipelines?: readonly string[]
    readonly next: NextMoment
    readonly nowMs: number
  },
): Promise<ScheduleRow[]> {
  const { schedules, pipelines, next, nowMs } = request
  return writeLedger(ledger, async (transaction) => {
    const known = await transaction.selectFrom('schedule').selectAll().execute()
    const gone = known.filter(
      ({ pipeline, rhythm }) =>
        (pipelines?.includes(pipeline) ?? true) &&
        !schedules.some((one) => one.pipeline === pipeline && one.rhythm === rhythm),
    )
    for (const { pipeline, rhythm } of gone)
      await transaction
        .deleteFrom('schedule')
        .where('pipeline', '=', pipeline)
        .where('rhythm', '=', rhythm)
        .execute()
    const synced: ScheduleRow[] = []
    // In one order everywhere: rivals that lock rows in different orders would wait for each other.
    for (const { pipeline, rhythm, spec } of schedules.toSorted(byKey)) {
      const json = JSON.stringify(spec)
      const now = known.find((one) => one.pipeline === pipeline && one.rhythm === rhythm)
      if (now?.spec === json) {
        synced.push(now)
        continue
      }
      const fresh = { spec: json, nextMs: next(spec, nowMs) ?? null, changedMs: nowMs }
      const row = await transaction
        .insertInto('schedule')
        .values({ pipeline, rhythm, ...fresh })
        .onConflict((on) => on.columns(['pipeline', 'rhythm']).doUpdateSet(fresh))
        .returningAll()
        .executeTakeFirstOrThrow()
      synced.push(row)
    }
    return synced
  })
}

function byKey(one: DeclaredSchedule, other: DeclaredSchedule): number {
  const [a, b] = [`${one.pipeline}:${one.rhythm}`, `${other.pipeline}:${other.rhythm}`]
  return a < b ? -1 : a > b ? 1 : 0
}
