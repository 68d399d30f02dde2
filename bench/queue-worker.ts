import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { claimNext } from '../packages/cauce/src/ledger/claim-next.ts'
import type { Ledger } from '../packages/cauce/src/ledger/ledger-access.ts'
import { openLedger } from '../packages/cauce/src/ledger/open-ledger.ts'
import { ownIdentity } from '../packages/cauce/src/ledger/process-identity.ts'
import { settleItem } from '../packages/cauce/src/ledger/settle-item.ts'
import { PIPELINE, PLAN_HASH } from './queue-fill.ts'
import type { FromQueueWorker, QueueTask, QueueWork, ToQueueWorker } from './queue-messages.ts'

/** A worker without work: claims and settles as fast as it can. */

const LEASE_MS = 60_000
const COUNTS = { read: 500, loaded: 480, rejected: 20, skipped: 0, warnings: 0 }

async function work(ledger: Ledger, task: QueueTask): Promise<QueueWork> {
  const { batch, maxItems, seconds } = task
  const owner = await ownIdentity()
  const plans = [{ pipeline: PIPELINE, planHash: PLAN_HASH, maxItems }]
  const [claimMs, settleMs]: [number[], number[]] = [[], []]
  const start = performance.now()
  const cpu = process.cpuUsage()
  let [settled, lastMs, empty] = [0, 0, 0]
  while (performance.now() - start < seconds * 1000 && empty < 3) {
    const asked = performance.now()
    const items = await claimNext(ledger, {
      plans,
      owner,
      limit: batch,
      leaseMs: LEASE_MS,
      nowMs: Date.now(),
    })
    if (items.length === 0) {
      empty++
      await sleep(20)
      continue
    }
    empty = 0
    claimMs.push(performance.now() - asked)
    for (const { id, epoch } of items) {
      const begun = performance.now()
      const end = {
        id,
        epoch,
        state: 'ready_with_rejects' as const,
        counts: COUNTS,
        stages: stages(),
        nowMs: Date.now(),
      }
      if ((await settleItem(ledger, end)) === undefined) throw new Error(`item ${id} was lost`)
      settleMs.push(performance.now() - begun)
      settled++
    }
    lastMs = performance.now() - start
  }
  const { user, system } = process.cpuUsage(cpu)
  return { settled, lastMs, claimMs, settleMs, cpuSeconds: (user + system) / 1e6 }
}

/** Both stages in between, as a worker tells them when there was no time for a heartbeat. */
function stages() {
  const atMs = Date.now()
  return [
    { state: 'transforming', atMs },
    { state: 'loading', atMs },
  ] as const
}

async function order(): Promise<ToQueueWorker> {
  const [message] = (await once(process, 'message')) as [ToQueueWorker]
  return message
}

function tell(message: FromQueueWorker): void {
  process.send?.(message)
}

try {
  const first = await order()
  if (!('open' in first)) throw new TypeError('not opened')
  await using ledger = await openLedger(first.open.url)
  // Programs are slow at first: workers that run for months are not.
  await work(ledger, { ...first.open, seconds: first.open.warmUpSeconds })
  tell({ ready: true })
  await order()
  tell({ work: await work(ledger, first.open) })
} catch (error) {
  tell({ failed: String(error) })
} finally {
  process.disconnect()
}
