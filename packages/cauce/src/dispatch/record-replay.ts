import { recordItems } from '../ledger/record-items.ts'
import type { RunContext } from './run-context.ts'

/** A file of rejects laid in the home folder's replays. */
export interface ReplayFile {
  readonly key: string
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly originLoadKey: string
}

/** Records a replay as an item of its own; known already, it is what it was. */
export async function recordReplay(context: RunContext, file: ReplayFile): Promise<void> {
  const { ledger, plan, runId, owner, clock } = context
  await recordItems(ledger, {
    pipeline: plan.pipeline,
    runId,
    planHash: plan.hash,
    owner,
    boundHost: owner.host,
    entries: [{ ...file, kind: 'replay' }],
    nowMs: clock.now(),
  })
}
