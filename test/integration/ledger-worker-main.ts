import { setTimeout as sleep } from 'node:timers/promises'
import { claimItems } from '../../packages/cauce/src/ledger/claim-items.ts'
import { heartbeat } from '../../packages/cauce/src/ledger/heartbeat.ts'
import type { Ledger } from '../../packages/cauce/src/ledger/ledger-access.ts'
import { listItems } from '../../packages/cauce/src/ledger/list-items.ts'
import { openLedger } from '../../packages/cauce/src/ledger/open-ledger.ts'
import { ownIdentity } from '../../packages/cauce/src/ledger/process-identity.ts'
import { settleItem } from '../../packages/cauce/src/ledger/settle-item.ts'
import { startRun } from '../../packages/cauce/src/ledger/start-run.ts'
import type { Claim } from '../../packages/cauce/src/ledger/tables.ts'
import { takeOver } from '../../packages/cauce/src/ledger/take-over.ts'
import type { LedgerOrders } from './ledger-worker.ts'
import { workWithinLimits } from './work-within-limits.ts'

/** A process of its own that works on a ledger as it is told by its parent. */
const owner = await ownIdentity()
let open: { readonly ledger: Ledger; readonly runId: string | undefined } | undefined

function opened(): { readonly ledger: Ledger; readonly runId: string } {
  if (open?.runId === undefined) throw new Error('not opened for work')
  return { ledger: open.ledger, runId: open.runId }
}

async function claim(limit: number, leaseMs: number): Promise<Claim[]> {
  const { ledger, runId } = opened()
  const request = { pipeline: 'visits', runId, planHash: 'h1', owner, limit, leaseMs }
  const items = await claimItems(ledger, { ...request, takeFailedSystem: false, nowMs: Date.now() })
  return items.map(({ id, epoch }) => ({ id, epoch }))
}

async function settle(claims: readonly Claim[]): Promise<number[]> {
  const { ledger } = opened()
  const counts = { read: 3, loaded: 2, rejected: 1, skipped: 0, warnings: 0 }
  const settled: number[] = []
  for (const held of claims) {
    const item = await settleItem(ledger, {
      ...held,
      state: 'ready_with_rejects',
      counts,
      nowMs: Date.now(),
    })
    if (item !== undefined) settled.push(item.id)
  }
  return settled
}

const orders: LedgerOrders = {
  async open({ url, work }) {
    const ledger = await openLedger(url)
    const run = { pipeline: 'visits', planHash: 'h1', owner, nowMs: Date.now() }
    open = { ledger, runId: work ? (await startRun(ledger, run)).id : undefined }
  },
  async close() {
    await open?.ledger.close()
  },
  claim: async ({ limit, leaseMs }) => claim(limit, leaseMs),
  settle: async ({ claims }) => settle(claims),
  beat: async ({ claims }) =>
    heartbeat(opened().ledger, { items: claims, leaseMs: 60_000, nowMs: Date.now() }),
  async workUntilDone({ limit, leaseMs }) {
    const { ledger } = opened()
    const done: Claim[] = []
    for (;;) {
      await takeOver(ledger, { nowMs: Date.now() })
      const claims = await claim(limit, leaseMs)
      const settled = new Set(await settle(claims))
      done.push(...claims.filter(({ id }) => settled.has(id)))
      if (claims.length > 0) continue
      const left = await listItems(ledger, { states: ['pending', 'extracting'], limit: 1 })
      if (left.length === 0) return done
      await sleep(20)
    }
  },
  workWithinLimits: async (limits) => workWithinLimits(opened().ledger, owner, limits),
}

process.on('message', ({ id, order, input }: { id: number; order: keyof LedgerOrders; input: never }) => {
  orders[order](input).then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  )
})
process.send?.('ready')
