import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { CauceError } from '../model/cauce-error.ts'
import type { Carried } from './carry-item.ts'
import type { Performer } from './performer.ts'
import type { RunContext } from './run-context.ts'

/**
 * Tells the destination's load report of items that failed with class system, so that whoever looks there alone sees them.
 * (Layout failures and refusals are written by the performer that met them.) A destination that cannot be reached now is
 * asked once, and told by the items' next attempts.
 */
export async function reportFailures(
  context: RunContext,
  performer: Performer | undefined,
  carried: readonly Carried[],
): Promise<void> {
  const { plan, settings, runId, referenceDate, clock, signal, emit } = context
  if (plan.report === undefined || performer === undefined) return
  for (const { item, outcome } of carried.filter(({ outcome: { state } }) => state === 'failed_system')) {
    if (signal.aborted) return
    const spoolFolder = join(performer.folder, `report_${item.id}`)
    const result = await performer.perform(
      {
        kind: 'report',
        plan,
        settings,
        run: runId,
        referenceDate,
        referenceIsExplicit: settings.referenceDate !== undefined,
        spoolFolder,
        facts: {
          item: item.key,
          sha256: outcome.sha256,
          sizeBytes: outcome.sizeBytes,
          counts: outcome.counts,
          state: outcome.state,
          attempts: item.attempts,
          startedMs: item.updatedMs,
          finishedMs: clock.now(),
          backup: undefined,
          sourceDeletedMs: undefined,
          message: outcome.error && CauceError.fromReport(outcome.error).textIn(plan.report.language),
          run: runId,
          loadKey: outcome.loadKey,
        },
      },
      { onProgress: () => undefined, takeSeat: async () => () => undefined },
      signal,
    )
    await rm(spoolFolder, { recursive: true, force: true })
    if (result.kind !== 'failed') continue
    emit({ kind: 'note', text: CauceError.fromReport(result.error).message })
    // Asking again for each of a thousand items would take half an hour.
    if (result.error.code === 'DESTINATION_UNREACHABLE' || result.error.code === 'TIME_EXCEEDED') return
  }
}
