import { CauceError } from '../model/cauce-error.ts'
import { failpoint } from '../model/failpoint.ts'
import { sha256Hex } from '../model/load-key.ts'
import type { Destination, LoadRequest, LoadResult } from '../connectors/destination.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import type { ItemFacts } from '../plan/fill-sql.ts'
import { periodsOf, plannedCounters } from '../plan/periods.ts'
import { backupPath } from './back-up.ts'
import type { Extracted } from './extract.ts'
import { noteText } from './note-text.ts'
import { reportRow } from './report-row.ts'
import { destinationSeat } from './seat.ts'
import type { Stagehand } from './stagehand.ts'
import { sweepPeriods } from './sweep-periods.ts'
import type { ItemTask, ReportFacts } from './task.ts'
import type { Transformed } from './transform-item.ts'
import { withRetries } from './with-retries.ts'

interface LoadMaterials {
  readonly engine: Engine
  readonly destination: Destination
  readonly facts: ItemFacts
  readonly original: Extracted
  readonly transformed: Transformed
}

/** `already_replayed`: rows of this replay were loaded by another one meanwhile, so it must be judged again without them. */
export type Settled = Exclude<LoadResult, { kind: 'period_moved' }>

/** How often counters may move under a load before it gives up: they move once a month, or when a person says so. */
const PERIOD_TRIES = 3

/**
 * Loads an item's tables in one transaction, holding a seat at the destination. When the reference period moved since the rows
 * were computed, the counters are swept and the load is tried again.
 */
export async function loadItem(task: ItemTask, hand: Stagehand, materials: LoadMaterials): Promise<Settled> {
  const { destination, facts, original, engine } = materials
  const request = await loadRequest(task, hand, materials)
  const identity = { sha256: original.sha256, loadKey: facts.load_key, sizeBytes: original.sizeBytes }
  const seat = destinationSeat(task.plan, destination)
  return hand.seated({ seat, identity, rest: () => destination.close() }, async () => {
    hand.progress('load')
    await withRetries(hand, 'load', () =>
      destination.prepare([
        ...request.tables,
        ...(request.report === undefined ? [] : [request.report.table]),
      ]),
    )
    for (let tries = 1; ; tries++) {
      const result = await withRetries(hand, 'load', () => destination.load(request, hooks(hand)))
      if (result.kind !== 'period_moved') return result
      if (tries === PERIOD_TRIES)
        throw new CauceError('DESTINATION_BUSY', {
          url: destination.displayUrl,
          detail: 'its counters keep moving to another reference date',
        })
      await sweepPeriods(task, { destination, engine })
    }
  })
}

function hooks(hand: Stagehand): Parameters<Destination['load']>[1] {
  return {
    at: (boundary) => failpoint(`load:${boundary}`),
    onRows: (_table, rows) => hand.progress('load', { rows }),
    signal: hand.signal,
  }
}

async function loadRequest(
  task: ItemTask,
  { clock }: Stagehand,
  { engine, facts, original, transformed }: LoadMaterials,
): Promise<LoadRequest> {
  const { plan, settings, referenceDate, replay } = task
  const { counts, tables, replayed } = transformed
  const periods = periodsOf(referenceDate)
  const { backupFolder } = settings
  const report: ReportFacts = {
    item: task.item.entry.key,
    sha256: original.sha256,
    sizeBytes: original.sizeBytes,
    counts,
    state: counts.rejected > 0 ? 'ready_with_rejects' : 'ready',
    attempts: task.attempt.number,
    startedMs: task.attempt.startedMs,
    finishedMs: clock.now(),
    backup: backupFolder && backupPath({ folder: backupFolder, day: referenceDate, sha256: original.sha256 }),
    sourceDeletedMs: undefined,
    message: noteText(plan, transformed.notes),
    run: task.run,
    loadKey: facts.load_key,
  }
  return {
    record: {
      loadKey: facts.load_key,
      pipeline: plan.pipeline,
      item: task.item.entry.key,
      sha256: contentOf(task, original),
      generation: task.item.generation,
      counts,
    },
    versions: plan.versions,
    tables,
    report: await reportRow(engine, plan, report, facts),
    replayed:
      replay === undefined ? [] : replayed.loads.map((record) => ({ originLoad: replay.loadKey, record })),
    periods: plannedCounters(plan).map(({ table, column, unit }) => ({
      table,
      column,
      unit,
      period: periods[unit],
    })),
    attempt: task.attempt.id,
  }
}

/**
 * What the load is told apart by, beside its name. The same rows may be replayed again after a rule was changed, under another
 * name: that is no file sent twice, so their bytes and name count together.
 */
function contentOf({ item, replay }: ItemTask, { sha256 }: Extracted): string {
  return replay === undefined ? sha256 : sha256Hex(`${item.entry.key} ${sha256}`)
}
