import { mkdir } from 'node:fs/promises'
import { CauceError } from '../model/cauce-error.ts'
import { itemFacts } from './item-facts.ts'
import { noteText } from './note-text.ts'
import { reportRow } from './report-row.ts'
import { destinationSeat } from './seat.ts'
import type { Stagehand } from './stagehand.ts'
import type { ItemOutcome, ItemTask, ReportFacts, ReportTask } from './task.ts'
import { withRetries } from './with-retries.ts'

/** Tells the destination's load report what became of an item, outside its load, and passes the outcome on. */
export async function reportOutcome(
  task: ItemTask,
  hand: Stagehand,
  outcome: ItemOutcome,
): Promise<ItemOutcome> {
  if (task.plan.report === undefined) return outcome
  await writeReport(task, hand, {
    item: task.item.entry.key,
    sha256: outcome.sha256,
    sizeBytes: outcome.sizeBytes,
    counts: outcome.counts,
    state: outcome.state,
    attempts: task.attempt.number,
    startedMs: task.attempt.startedMs,
    finishedMs: hand.clock.now(),
    backup: outcome.backup,
    sourceDeletedMs: outcome.sourceDeletedMs,
    message:
      outcome.error === undefined
        ? noteText(task.plan, outcome.notes)
        : CauceError.fromReport(outcome.error).textIn(task.plan.report.language),
    run: task.run,
    loadKey: outcome.loadKey,
  })
  return outcome
}

/** Writes one row of the load report, outside any load. */
export async function writeReport(
  task: ItemTask | ReportTask,
  hand: Stagehand,
  facts: ReportFacts,
): Promise<void> {
  const destination = await hand.destination(task.settings.destinationUrl)
  await mkdir(task.spoolFolder, { recursive: true, mode: 0o700 })
  await using engine = await hand.engine(task.plan.limits.memoryMb)
  const row = await reportRow(
    engine,
    task.plan,
    facts,
    itemFacts({
      item: facts.item,
      sha256: facts.sha256 ?? '',
      loadKey: facts.loadKey ?? '',
      run: task.run,
      referenceDate: task.referenceDate,
    }),
  )
  if (row === undefined) return
  const seat = destinationSeat(task.plan, destination)
  await hand.seated({ seat, rest: () => destination.close() }, () =>
    withRetries(hand, 'load', async () => {
      await destination.prepare([row.table])
      await destination.writeReport(row)
    }),
  )
}
