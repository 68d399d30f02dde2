import { workerName } from '../ledger/process-identity.ts'
import { type RecordedItem, recordItems } from '../ledger/record-items.ts'
import { retryItem } from '../ledger/retry-item.ts'
import { supersedeReplays } from '../ledger/supersede-replays.ts'
import type { RunContext } from './run-context.ts'

/** A file of rejects laid in the home folder's replays. */
export interface ReplayFile {
  readonly key: string
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly originLoadKey: string
}

/**
 * Records a replay as an item of its own; known already, it is what it was, but for one that failed: whoever sends it again
 * wants it tried again.
 */
export async function recordReplay(context: RunContext, file: ReplayFile): Promise<RecordedItem> {
  const { ledger, plan, runId, owner, clock, emit } = context
  const nowMs = clock.now()
  const [recorded] = await recordItems(ledger, {
    pipeline: plan.pipeline,
    runId,
    planHash: plan.hash,
    owner,
    boundHost: owner.host,
    entries: [{ ...file, kind: 'replay' }],
    nowMs,
  })
  if (recorded === undefined) throw new TypeError(`replay ${file.key} was not recorded`)
  const { item, isNew } = recorded
  const worker = workerName(owner)
  await supersedeReplays(ledger, { originLoadKey: file.originLoadKey, by: item.id, worker, nowMs })
  const again = await retryItem(ledger, { id: item.id, by: worker, reason: 'replayed again', nowMs })
  emit({ kind: 'discovered', listed: 1, fresh: isNew ? 1 : 0 })
  return { item: again ?? item, isNew }
}
