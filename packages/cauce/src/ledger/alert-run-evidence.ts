import { type Ledger, readLedger } from './ledger-access.ts'
import { newRunId } from './new-run-id.ts'
import type { FiringRow, RunRow, ScheduleRow } from './tables.ts'

/** What alerts ask of a run. */
export type RunEvidence = Pick<RunRow, (typeof EVIDENCE)[number]>

const EVIDENCE = ['id', 'pipeline', 'state', 'cause', 'startedMs', 'finishedMs', 'items'] as const

/** No run begun at this moment or later has a smaller id: they begin with the time. */
export function firstRunId(atMs: number): string {
  return newRunId(Math.max(0, atMs)).slice(0, 10)
}

/** Runs of these pipelines begun since a moment, those still running, and those asked for by id. Walks indexes over these only. */
export async function recentRuns(
  ledger: Ledger,
  request: {
    readonly pipelines: readonly string[]
    readonly sinceMs: number
    readonly ids: readonly string[]
  },
): Promise<readonly RunEvidence[]> {
  const { pipelines, sinceMs, ids } = request
  if (pipelines.length === 0) return []
  return readLedger(ledger, async (db) => {
    const all = db.selectFrom('run').where('pipeline', 'in', pipelines).select(EVIDENCE)
    const found = [
      ...(await all.where('id', '>=', firstRunId(sinceMs)).execute()),
      ...(await all.where('state', '=', 'running').execute()),
      ...(ids.length === 0 ? [] : await all.where('id', 'in', ids).execute()),
    ]
    return [...new Map(found.map((run) => [run.id, run])).values()]
  })
}

export type FiringEvidence = Pick<
  FiringRow,
  'id' | 'pipeline' | 'rhythm' | 'state' | 'dueMs' | 'reason' | 'runId' | 'finishedMs'
>

const FIRING = ['id', 'pipeline', 'rhythm', 'state', 'dueMs', 'reason', 'runId', 'finishedMs'] as const

/** Firings of these pipelines, due since a moment, that failed before there was a run. */
export async function firingsFailedSince(
  ledger: Ledger,
  request: { readonly pipelines: readonly string[]; readonly sinceMs: number },
): Promise<readonly FiringEvidence[]> {
  const { pipelines, sinceMs } = request
  if (pipelines.length === 0) return []
  return readLedger(ledger, (db) =>
    db
      .selectFrom('firing')
      .where('state', '=', 'failed')
      .where('dueMs', '>=', sinceMs)
      .where('pipeline', 'in', pipelines)
      .where('runId', 'is', null)
      .select(FIRING)
      .execute(),
  )
}

/** What a pipeline does by itself, and did lately. */
export interface PipelineRhythm {
  readonly schedules: readonly ScheduleRow[]
  /** The newest of them first. */
  readonly firings: readonly FiringEvidence[]
  readonly isPaused: boolean
  /** When a plan of it was first seen; undefined: never. */
  readonly knownSinceMs: number | undefined
}

/** More than a day of firings matter only to pipelines that fire seldom. */
const FIRINGS_LOOKED_AT = 200

/** Asked only when a time has passed at which something was due. */
export async function pipelineRhythm(ledger: Ledger, pipeline: string): Promise<PipelineRhythm> {
  return readLedger(ledger, async (db) => {
    const schedules = await db.selectFrom('schedule').where('pipeline', '=', pipeline).selectAll().execute()
    const firings = await db
      .selectFrom('firing')
      .where('pipeline', '=', pipeline)
      .orderBy('id', 'desc')
      .limit(FIRINGS_LOOKED_AT)
      .select(FIRING)
      .execute()
    const control = await db
      .selectFrom('pipelineControl')
      .where('pipeline', '=', pipeline)
      .select('pausedMs')
      .executeTakeFirst()
    const plan = await db
      .selectFrom('plan')
      .where('pipeline', '=', pipeline)
      .select(({ fn }) => fn.min('firstSeenMs').as('firstSeenMs'))
      .executeTakeFirst()
    return {
      schedules,
      firings,
      isPaused: (control?.pausedMs ?? null) !== null,
      knownSinceMs: plan?.firstSeenMs ?? undefined,
    }
  })
}
