import { DatabaseSync } from 'node:sqlite'
import type { KyselyPlugin, RootOperationNode } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { adoptPending } from './adopt-pending.ts'
import { claimNext } from './claim-next.ts'
import { dispatchHeld } from './dispatch-held.ts'
import { heartbeat } from './heartbeat.ts'
import { knownVersions } from './known-versions.ts'
import type { Ledger } from './ledger-access.ts'
import { openItemCount } from './open-item-count.ts'
import { openNextDay } from './open-next-day.ts'
import { recordItems } from './record-items.ts'
import { recordPlan } from './record-plan.ts'
import { requestReload } from './request-reload.ts'
import { elsewhere, LEASE_MS, planOf, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'

/**
 * What must cost the same with 10 thousand items in the ledger and with a million walks an index and sorts nothing. SQLite tells
 * how it would answer each statement an operation really makes; it does not look at how many rows there are.
 */
async function watched(): Promise<{ ledger: Ledger; runId: string; plansOf: PlansOf }> {
  const { ledger, runId, record } = await scratchLedger()
  await recordPlan(ledger, { plan: planOf({ pipeline: 'visits', hash: 'h2' }), nowMs: 1 })
  await record(['a', 'b'])
  const nodes: RootOperationNode[] = []
  const spy: KyselyPlugin = {
    transformQuery({ node }) {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const database = new DatabaseSync(ledger.path ?? '')
  onTestFinished(() => database.close())
  const executor = ledger.db.withoutPlugins().getExecutor()
  const plansOf: PlansOf = async (act) => {
    nodes.length = 0
    await act()
    return nodes.flatMap((node) => {
      const { sql } = executor.compileQuery(node, { queryId: 'watched' })
      const steps = database.prepare(`explain query plan ${sql}`).all()
      return steps
        .map(({ detail }) => String(detail))
        .filter((detail) => !/^(LIST|SCALAR) SUBQUERY/.test(detail))
    })
  }
  return { ledger: { ...ledger, db: ledger.db.withPlugin(spy) }, runId, plansOf }
}

type PlansOf = (act: () => Promise<unknown>) => Promise<readonly string[]>

/** `item_state` alone is all that is in one state: too many. */
const SLOW = /^SCAN (item|attempt|transition|rule_count)|item_state \(state=\?\)|TEMP B-TREE/

test('a claim over several pipelines walks its indexes from the beginning, also when it promotes and takes over', async () => {
  const { ledger, plansOf } = await watched()
  const plans = [
    { pipeline: 'visits', planHash: 'h1', maxItems: 5 },
    { pipeline: 'sales', planHash: 's1' },
  ]
  const claim = async (nowMs: number) =>
    claimNext(ledger, { plans, owner: elsewhere, limit: 1, leaseMs: LEASE_MS, nowMs })
  await ledger.db.updateTable('item').set({ dueMs: 1000 }).where('key', '=', 'b').execute()
  const steps = [...(await plansOf(async () => claim(2000))), ...(await plansOf(async () => claim(90_000)))]
  expect(steps.filter((step) => SLOW.test(step))).toEqual([])
  expect(new Set(steps.filter((step) => step.includes('item_')))).toMatchInlineSnapshot(`
    Set {
      "SEARCH item USING COVERING INDEX item_waiting (plan_hash=? AND due_ms>? AND due_ms<?)",
      "SEARCH item USING INDEX item_held (lease_until_ms<?)",
      "SEARCH item USING INDEX item_held (lease_until_ms>?)",
      "SEARCH item USING INDEX item_waiting (plan_hash=? AND due_ms=? AND bound_host=?)",
      "SEARCH attempt USING INDEX sqlite_autoindex_attempt_1 (item_id=? AND epoch=?)",
    }
  `)
})

test('recording, looking up, settling and renewing look up what they are given', async () => {
  const { ledger, runId, plansOf } = await watched()
  const entries = [{ key: 'a', sizeBytes: 1, modifiedMs: 1 }]
  const steps = await plansOf(async () => {
    await knownVersions(ledger, { pipeline: 'visits', entries })
    const request = { pipeline: 'visits', runId, planHash: 'h1', owner: self, boundHost: null, nowMs: 1 }
    await recordItems(ledger, {
      ...request,
      entries: [...entries, { ...entries[0], key: 'new', sizeBytes: 1, modifiedMs: 1 }],
    })
    await heartbeat(ledger, { items: [{ id: 1, epoch: 1 }], leaseMs: 1, nowMs: 1 })
    await settleItem(ledger, { id: 1, epoch: 1, state: 'ready', nowMs: 1 })
    await requestReload(ledger, { id: 1, by: 'ana', nowMs: 1 })
  })
  expect(steps.filter((step) => SLOW.test(step))).toEqual([])
})

test('so do the dispatcher’s rounds', async () => {
  const { ledger, runId, plansOf } = await watched()
  const common = { pipeline: 'visits', runId, planHash: 'h2', nowMs: 2000 }
  const steps = await plansOf(async () => {
    await openItemCount(ledger, runId)
    await dispatchHeld(ledger, common)
    await adoptPending(ledger, common)
    await openNextDay(ledger, { ...common, days: 2 })
  })
  expect(steps.filter((step) => SLOW.test(step))).toEqual([])
  expect(new Set(steps.filter((step) => step.includes('item_')))).toMatchInlineSnapshot(`
    Set {
      "SEARCH item USING INDEX item_open (run_id=? AND due_ms<?)",
      "SEARCH item USING COVERING INDEX item_waiting (plan_hash=? AND due_ms=?)",
      "SEARCH item USING INDEX item_held (lease_until_ms<?)",
      "SEARCH item USING COVERING INDEX item_waiting (plan_hash=?)",
      "SEARCH item USING INDEX item_next_day (pipeline=? AND day_retries=? AND due_ms<?)",
    }
  `)
})
