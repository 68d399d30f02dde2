import { type KyselyPlugin, type RootOperationNode, sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Ledger } from '../ledger/ledger-access.ts'
import { alert, noFiles, notFinishedBy, onFailure, onQuarantine, rejectRate } from '../pipeline/alerts.ts'
import { alertScene, channel, HOUR_MS, MINUTE_MS, plansOf, SECOND_MS } from './alert-scene.test-kit.ts'
import { newAlertMemory } from './alert-memory.ts'
import { evaluateAlerts } from './evaluate-alerts.ts'

/** Every rule there is over one pipeline. */
const rules = plansOf([
  alert(onFailure(), { to: channel }),
  alert(onQuarantine(), { to: channel }),
  alert(rejectRate('5%'), { to: channel }),
  alert(rejectRate('5%', { of: 'day' }), { to: channel, name: 'day' }),
  alert(notFinishedBy('06:00', 'UTC'), { to: channel }),
  alert(noFiles({ at: '06:00', timezone: 'UTC' }), { to: channel }),
])

/** Settled items as they lie in the ledger after months: what a look must pass over. */
async function fill({ db, dialect, schema }: Ledger, runId: string, items: number): Promise<void> {
  const numbers =
    dialect === 'sqlite'
      ? sql`with recursive n(n) as (select 1 union all select n + 1 from n where n < ${items}) select n from n`
      : sql`select n from generate_series(1, ${items}) as s(n)`
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
    .expression(
      sql`select 'visits', 'k' || n, 'v', 0, 'file', 'ready', cast(${runId} as text), 'h1', 1, 1, 1 from (${numbers}) as m` as never,
    )
    .execute()
  await db
    .insertInto('transition')
    .columns(['itemId', 'atMs', 'toState', 'worker'])
    .expression((eb) =>
      eb
        .selectFrom('item')
        .select([
          'id',
          sql<number>`1`.as('atMs'),
          sql<'ready'>`'ready'`.as('toState'),
          sql<string>`'w'`.as('worker'),
        ]),
    )
    .execute()
  if (dialect === 'postgres')
    for (const table of ['item', 'transition']) await sql`analyze ${sql.id(schema ?? '', table)}`.execute(db)
}

test('no statement of a look walks all items or all transitions', async () => {
  const { ledger, runId, settle, run, finish, clock } = await alertScene(onFailure())
  await fill(ledger, runId, ledger.dialect === 'postgres' ? 20_000 : 200)
  const nodes: RootOperationNode[] = []
  const spy: KyselyPlugin = {
    transformQuery({ node }) {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const watched = { ...ledger, db: ledger.db.withPlugin(spy) }
  const memory = newAlertMemory()
  const look = async () => evaluateAlerts({ ledger: watched, rules, clock, memory })
  await look()
  clock.nowMs += MINUTE_MS
  await settle('a', 'failed_layout')
  await finish(await run(), 'failed')
  clock.nowMs += HOUR_MS
  await look()
  expect(nodes.length).toBeGreaterThan(10)
  const plain = ledger.db.withoutPlugins()
  const steps: string[] = []
  for (const node of nodes.filter(({ kind }) => kind === 'SelectQueryNode')) {
    const compiled = plain.getExecutor().compileQuery(node, { queryId: 'watched' })
    const question = ledger.dialect === 'sqlite' ? 'explain query plan' : 'explain'
    const { rows } = await plain.executeQuery<Readonly<Record<string, unknown>>>({
      ...compiled,
      sql: `${question} ${compiled.sql}`,
    })
    for (const row of rows) steps.push(`${String(row['detail'] ?? row['QUERY PLAN'])}   [${compiled.sql}]`)
  }
  expect(steps.length).toBeGreaterThan(10)
  expect(steps.filter((step) => /^\W*(SCAN|Seq Scan on) "?(item|transition)\b/.test(step))).toEqual([])
  // All items of a pipeline, or of a state, are as good as all items.
  expect(steps.filter((step) => /^SEARCH item .*\((pipeline|state)=\?\)/.test(step))).toEqual([])
})

test('a look at nothing new writes nothing', async () => {
  const { ledger, settle, clock } = await alertScene(onFailure())
  const memory = newAlertMemory()
  await settle('a', 'failed_layout')
  await evaluateAlerts({ ledger, rules, clock, memory })
  const kinds: string[] = []
  const spy: KyselyPlugin = {
    transformQuery({ node }) {
      kinds.push(node.kind)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  clock.nowMs += 30 * SECOND_MS
  await evaluateAlerts({ ledger: { ...ledger, db: ledger.db.withPlugin(spy) }, rules, clock, memory })
  expect(kinds.length).toBeLessThan(20)
  expect(new Set(kinds)).toEqual(new Set(['SelectQueryNode']))
})
