import { CauceError } from '../model/cauce-error.ts'
import { failpoint } from '../model/failpoint.ts'
import { sha256Hex } from '../model/load-key.ts'
import type { Destination, LoadRecord, LoadRequest, LoadResult } from '../connectors/destination.ts'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import type { ItemFacts } from '../plan/fill-sql.ts'
import { periodsOf, plannedCounters } from '../plan/periods.ts'
import { backupPath } from './back-up.ts'
import type { Extracted } from './extract.ts'
import { noteText } from './note-text.ts'
import { remergeOf } from './remerge.ts'
import { replacedReport } from './replaced-report.ts'
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
export type Settled = Exclude<LoadResult, { kind: 'period_moved' | 'occupied' }>

/** How often counters may move under a load before it gives up: they move once a month, or when a person says so. */
const PERIOD_TRIES = 3

/** How many loads of the same item one may meet, each having come in between: there are few versions of a file. */
const MOST_RIVALS = 20

/**
 * Loads an item's tables in one transaction, holding a seat at the destination. When the reference period moved since the rows
 * were computed, the counters are swept and the load is tried again; when another load stands for the item, it gives way or this
 * one does.
 */
export async function loadItem(task: ItemTask, hand: Stagehand, materials: LoadMaterials): Promise<Settled> {
  const { destination, facts, original } = materials
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
    return loadPrepared(task, hand, { ...materials, request })
  })
}

async function loadPrepared(
  task: ItemTask,
  hand: Stagehand,
  { destination, engine, request }: LoadMaterials & { readonly request: LoadRequest },
): Promise<Settled> {
  const giveWay: string[] = []
  for (let moves = 0; ;) {
    const replacing = request.replacing && { ...request.replacing, loads: giveWay }
    const result = await withRetries(hand, 'load', () =>
      destination.load({ ...request, replacing }, hooks(hand)),
    )
    if (result.kind === 'occupied') {
      const { by } = result
      if (!(await givesWay(task, hand, { standing: by, record: request.record })))
        return task.plan.versions === 'refuse'
          ? { kind: 'refused', loadedSha256: by.sha256 }
          : { kind: 'superseded' }
      if (giveWay.length === MOST_RIVALS)
        throw busy(destination, 'other versions of the same item keep coming')
      giveWay.push(by.loadKey)
      continue
    }
    if (result.kind !== 'period_moved') return result
    if (++moves === PERIOD_TRIES)
      throw busy(destination, 'its counters keep moving to another reference date')
    await sweepPeriods(task, { destination, engine })
  }
}

function busy({ displayUrl: url }: Destination, detail: string): CauceError {
  return new CauceError('DESTINATION_BUSY', { url, detail })
}

/**
 * Whether the load that stands for the item gives way to this one: an earlier generation of the same bytes always, another version
 * where the pipeline lets versions replace one another and the ledger does not know it as a later one. Asked only now: by the time
 * a load can stand there, the ledger knows it.
 */
async function givesWay(
  { plan }: ItemTask,
  hand: Stagehand,
  { standing, record }: { readonly standing: LoadRecord; readonly record: LoadRecord },
): Promise<boolean> {
  if (standing.sha256 === record.sha256) return standing.generation < record.generation
  return plan.versions === 'replace' && !(await hand.isLater(standing.loadKey))
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
  { engine, destination, facts, original, transformed }: LoadMaterials,
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
  const row = await reportRow(engine, plan, report, facts)
  return {
    record: {
      loadKey: facts.load_key,
      pipeline: plan.pipeline,
      item: task.item.entry.key,
      sha256: contentOf(task, original),
      generation: task.item.generation,
      counts,
      originLoad: replay?.loadKey,
    },
    // The same rows may be mended twice, in different ways, in files that have the same bytes but for their names.
    duplicates: replay === undefined ? plan.duplicates : 'refuse',
    replacing: mayReplace(task)
      ? {
          loads: [],
          remerge: remergeOf({ task, engine, destination }),
          report: row && replacedReport(plan, row.table),
        }
      : undefined,
    tables,
    report: row,
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

/** Mended rows stand beside those of the load they were rejects of; they take nobody's place. */
function mayReplace({ plan, item, replay }: ItemTask): boolean {
  return replay === undefined && (plan.versions === 'replace' || item.generation > 0)
}

/**
 * What the load is told apart by, beside its name. The same rows may be replayed again after a rule was changed, under another
 * name: that is no file sent twice, so their bytes and name count together.
 */
function contentOf({ item, replay }: ItemTask, { sha256 }: Extracted): string {
  return replay === undefined ? sha256 : sha256Hex(`${item.entry.key} ${sha256}`)
}
