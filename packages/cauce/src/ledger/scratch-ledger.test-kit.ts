import type { Plan } from '../model/plan.ts'
import { claimItems, type ClaimItemsRequest } from './claim-items.ts'
import type { Ledger } from './ledger-access.ts'
import { ownIdentity, type ProcessIdentity } from './process-identity.ts'
import { type ItemEntry, recordItems, type RecordItemsRequest } from './record-items.ts'
import { recordPlan } from './record-plan.ts'
import { emptyLedger } from './scratch-home.test-kit.ts'
import { startRun } from './start-run.ts'
import type { Claim, ItemRow } from './tables.ts'

export const LEASE_MS = 15_000
export const self = await ownIdentity()
/** A process of another host, of which nobody here can say whether it lives. */
export const elsewhere: ProcessIdentity = { host: 'elsewhere.invalid', pid: 7, start: 'boot/pid:[1]/1' }
/** The process that had our pid before us. */
export const dead: ProcessIdentity = { ...self, start: self.start.replace(/\d+$/, '0') }

/** A new file's way through the ledger of one pipeline, with times that need no thought: recorded at 1000, claimed at 2000. */
export interface ScratchLedger {
  readonly ledger: Ledger
  readonly runId: string
  readonly record: (
    entries: readonly (string | ItemEntry)[],
    request?: Partial<RecordItemsRequest>,
  ) => Promise<ItemRow[]>
  readonly claim: (request?: Partial<ClaimItemsRequest>) => Promise<ItemRow[]>
  /** Records an item, claims it, and keeps what a worker keeps. */
  readonly hold: (key?: string) => Promise<Claim>
}

/** An empty ledger with one plan of pipeline `visits` and one run of it; gone when the test is over. */
export async function scratchLedger(): Promise<ScratchLedger> {
  const ledger = await emptyLedger()
  const pipeline = 'visits'
  const planHash = 'h1'
  await recordPlan(ledger, { plan: planOf({ pipeline, hash: planHash }), nowMs: 1 })
  const { id: runId } = await startRun(ledger, { pipeline, planHash, owner: self, nowMs: 1000 })
  const common = { pipeline, runId, planHash, owner: self }
  const scratch: ScratchLedger = {
    ledger,
    runId,
    async record(entries, request) {
      const recorded = await recordItems(ledger, {
        ...common,
        boundHost: null,
        entries: entries.map((entry) =>
          typeof entry === 'string' ? { key: entry, sizeBytes: 1, modifiedMs: 1 } : entry,
        ),
        nowMs: 1000,
        ...request,
      })
      return recorded.map(({ item }) => item)
    },
    claim: async (request) =>
      claimItems(ledger, {
        ...common,
        limit: 10,
        leaseMs: LEASE_MS,
        takeFailedSystem: false,
        nowMs: 2000,
        ...request,
      }),
    async hold(key = 'a') {
      await scratch.record([key])
      const [item] = await scratch.claim({ limit: 1 })
      if (item === undefined) throw new Error('nothing to claim')
      return { id: item.id, epoch: item.epoch }
    },
  }
  return scratch
}

/** As much of a plan as the ledger looks at. */
export function planOf(plan: Pick<Plan, 'pipeline' | 'hash'>): Plan {
  return plan as Plan
}
