import { type KyselyPlugin, type RootOperationNode, sql } from 'kysely'
import { expect, test } from 'vitest'
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
 * What must cost the same with 10 thousand items in the ledger and with a million walks an index and sorts nothing. The engine
 * tells how it would answer each statement an operation really makes: SQLite whatever there is, PostgreSQL by what it counted.
 */
async function watched(): Promise<{ ledger: Ledger; runId: string; plansOf: PlansOf }> {
  const { ledger, runId, record } = await scratchLedger()
  await recordPlan(ledger, { plan: planOf({ pipeline: 'visits', hash: 'h2' }), nowMs: 1 })
  await recordPlan(ledger, { plan: planOf({ pipeline: 'sales', hash: 's1' }), nowMs: 1 })
  if (ledger.dialect === 'postgres') await fill(ledger, runId)
  await record(['a', 'b'])
  const nodes: RootOperationNode[] = []
  const spy: KyselyPlugin = {
    transformQuery({ node }) {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const plansOf: PlansOf = async (act) => {
    nodes.length = 0
    await act()
    return explain(ledger, nodes)
  }
  return { ledger: { ...ledger, db: ledger.db.withPlugin(spy) }, runId, plansOf }
}

type PlansOf = (act: () => Promise<unknown>) => Promise<readonly string[]>

/** PostgreSQL reads small tables from end to end, and rightly so. */
async function fill({ db, schema }: Ledger, runId: string): Promise<void> {
  const items = sql`select 'sales', 'k' || n, 'v', 0, 'file', (array['pending', 'failed_system', 'ready'])[1 + n % 3],
                           ${runId}::text, 's1', n % 3 % 2, 1, 1 from generate_series(1, 9000) as n`
  await db
    .insertInto('item')
    .columns([
      'pipeline',
      'key',
      'version',
      'generation',
      'kind',
      'state',
      'runId',
      'planHash',
      'dueMs',
      'discoveredMs',
      'updatedMs',
    ])
    .expression(items as never)
    .execute()
  await sql`analyze ${sql.id(schema ?? '', 'item')}`.execute(db)
}

async function explain(
  { db, dialect }: Ledger,
  nodes: readonly RootOperationNode[],
): Promise<readonly string[]> {
  const plain = db.withoutPlugins()
  const steps: string[] = []
  for (const node of nodes) {
    const compiled = plain.getExecutor().compileQuery(node, { queryId: 'watched' })
    const question = { ...compiled, sql: `${EXPLAIN[dialect]} ${compiled.sql}` }
    const { rows } = await plain.executeQuery<Readonly<Record<string, unknown>>>(question)
    steps.push(...rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])))
  }
  return steps
}

const EXPLAIN = { sqlite: 'explain query plan', postgres: 'explain' } as const

/** `item_state` alone is all that is in one state: too many. */
const SLOW =
  /^SCAN (item|attempt|transition|rule_count)|item_state \(state=\?\)|TEMP B-TREE|Seq Scan on (item|attempt|transition|rule_count)/

function indexesIn(steps: readonly string[]): readonly string[] {
  const names = steps.flatMap(
    (step) => /\bitem_(?:waiting|held|open|next_day|state|run)\b/.exec(step)?.[0] ?? [],
  )
  return [...new Set(names)].toSorted()
}

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
  expect(indexesIn(steps)).toEqual(['item_held', 'item_waiting'])
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
  expect(indexesIn(steps)).toEqual(['item_held', 'item_next_day', 'item_open', 'item_waiting'])
})
