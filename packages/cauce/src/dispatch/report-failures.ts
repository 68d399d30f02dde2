import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { CauceError } from '../model/cauce-error.ts'
import { listItems } from '../ledger/list-items.ts'
import { storedError } from '../ledger/stored-error.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { ReportTask } from '../perform/task.ts'
import type { Performer } from './performer.ts'
import { quietHandlers } from './quiet-handlers.ts'
import type { RunContext } from './run-context.ts'

/**
 * Tells the destination's load report of a run's items that failed with class system, so that whoever looks there alone sees
 * them. (Layout failures and refusals are written by the performer that met them.) A destination that cannot be reached now is
 * asked once, and told by the items' next attempts.
 */
export async function reportFailures(context: RunContext, performer: Performer | undefined): Promise<void> {
  const { plan, ledger, runId, signal, emit } = context
  if (plan.report === undefined || performer === undefined) return
  for (const item of await listItems(ledger, {
    pipeline: plan.pipeline,
    runId,
    states: ['failed_system'],
  })) {
    if (signal.aborted) return
    const task = reportTask(context, item, join(performer.folder, `report_${item.id}`))
    const result = await performer.perform(task, quietHandlers(context), signal)
    await rm(task.spoolFolder, { recursive: true, force: true })
    if (result.kind !== 'failed') continue
    emit({ kind: 'note', text: CauceError.fromReport(result.error).message })
    // Asking again for each of a thousand items would take half an hour.
    if (result.error.code === 'DESTINATION_UNREACHABLE' || result.error.code === 'TIME_EXCEEDED') return
  }
}

function reportTask(
  { plan, settings, runId, referenceDate, clock }: RunContext,
  item: ItemRow,
  spoolFolder: string,
): ReportTask {
  const { read, loaded, rejected, skipped, warnings } = item
  return {
    kind: 'report',
    plan,
    settings,
    run: runId,
    referenceDate,
    referenceIsExplicit: settings.referenceDate !== undefined,
    spoolFolder,
    facts: {
      item: item.key,
      sha256: item.sha256 ?? undefined,
      sizeBytes: item.sizeBytes ?? 0,
      counts: { read, loaded, rejected, skipped, warnings },
      state: item.state,
      attempts: item.attempts,
      startedMs: item.updatedMs,
      finishedMs: item.finishedMs ?? clock.now(),
      backup: item.backup ?? undefined,
      sourceDeletedMs: item.sourceDeletedMs ?? undefined,
      message: plan.report && storedError(item)?.textIn(plan.report.language),
      run: runId,
      loadKey: item.loadKey ?? undefined,
    },
  }
}
