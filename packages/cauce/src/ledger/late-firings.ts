import { type Ledger, readLedger } from './ledger-access.ts'

/** How much of a pipeline should have begun and has not. */
export interface LateFirings {
  readonly pipeline: string
  readonly firings: number
}

/**
 * Firings that wait although their moment is past `dueBeforeMs`, and schedules whose moment nobody has fired: no dispatcher runs, or
 * none that knows the pipeline.
 */
export async function lateFirings(ledger: Ledger, dueBeforeMs: number): Promise<LateFirings[]> {
  const [waiting, schedules] = await readLedger(ledger, async (db) => [
    await db
      .selectFrom('firing')
      .where('state', '=', 'waiting')
      .where('dueMs', '<', dueBeforeMs)
      .groupBy('pipeline')
      .select(({ fn }) => ['pipeline', fn.countAll<number>().as('firings')])
      .execute(),
    await db
      .selectFrom('schedule')
      .where('nextMs', 'is not', null)
      .where('nextMs', '<', dueBeforeMs)
      .groupBy('pipeline')
      .select(({ fn }) => ['pipeline', fn.countAll<number>().as('firings')])
      .execute(),
  ])
  const byPipeline = new Map<string, number>()
  for (const { pipeline, firings } of [...waiting, ...schedules])
    byPipeline.set(pipeline, (byPipeline.get(pipeline) ?? 0) + firings)
  return [...byPipeline].map(([pipeline, firings]) => ({ pipeline, firings }))
}
