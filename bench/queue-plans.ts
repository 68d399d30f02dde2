import { claimNext } from '../packages/cauce/src/ledger/claim-next.ts'
import type { Ledger } from '../packages/cauce/src/ledger/ledger-access.ts'
import { ownIdentity } from '../packages/cauce/src/ledger/process-identity.ts'
import { settleItem } from '../packages/cauce/src/ledger/settle-item.ts'
import { PIPELINE, PLAN_HASH } from './queue-fill.ts'

type Plugin = Parameters<Ledger['db']['withPlugin']>[0]
type Statement = Parameters<Plugin['transformQuery']>[0]['node']

const EXPLAIN = { sqlite: 'explain query plan', postgres: 'explain (costs off)' } as const

/** How the engine answers each statement of a claim and of a settle, the statements' beginnings with them. */
export async function queuePlans(ledger: Ledger): Promise<string> {
  const nodes: Statement[] = []
  const spy: Plugin = {
    transformQuery({ node }) {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const watched = { ...ledger, db: ledger.db.withPlugin(spy) }
  const plans = [{ pipeline: PIPELINE, planHash: PLAN_HASH, maxItems: 1000 }]
  const owner = await ownIdentity()
  const items = await claimNext(watched, { plans, owner, limit: 1, leaseMs: 60_000, nowMs: Date.now() })
  for (const { id, epoch } of items)
    await settleItem(watched, { id, epoch, state: 'ready', nowMs: Date.now() })
  const parts: string[] = []
  for (const node of nodes) parts.push(await explain(ledger, node))
  return [...new Set(parts)].join('\n')
}

async function explain({ db, dialect }: Ledger, node: Statement): Promise<string> {
  const plain = db.withoutPlugins()
  const compiled = plain.getExecutor().compileQuery(node, { queryId: 'watched' })
  const question = { ...compiled, sql: `${EXPLAIN[dialect]} ${compiled.sql}` }
  const { rows } = await plain.executeQuery<Readonly<Record<string, unknown>>>(question)
  const steps = rows.map((row) => `    ${String(row['detail'] ?? row['QUERY PLAN'])}`)
  return [`  ${shortened(compiled.sql)}`, ...steps].join('\n')
}

const SHOWN = 110

function shortened(statement: string): string {
  const line = statement
    .replaceAll(/"cauce"\./g, '')
    .replaceAll('"', '')
    .replaceAll(/\s+/g, ' ')
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN)}…`
}
