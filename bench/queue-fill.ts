import { type RawBuilder, sql } from 'kysely'
import type { Ledger } from '../packages/cauce/src/ledger/ledger-access.ts'
import { writeLedger } from '../packages/cauce/src/ledger/ledger-access.ts'
import { ownIdentity } from '../packages/cauce/src/ledger/process-identity.ts'
import { recordPlan } from '../packages/cauce/src/ledger/record-plan.ts'
import { startRun } from '../packages/cauce/src/ledger/start-run.ts'
import type { Plan } from '../packages/cauce/src/model/plan.ts'

export const PIPELINE = 'visitas'
export const PLAN_HASH = 'h1'

const STATES = ['pending', 'extracting', 'transforming', 'loading', 'ready']

/** Settled items with their history, as months of work leave them. */
export async function fillLedger(ledger: Ledger, items: number): Promise<void> {
  await recordPlan(ledger, { plan: { pipeline: PIPELINE, hash: PLAN_HASH } as Plan, nowMs: 1 })
  const owner = await ownIdentity()
  const { id: runId } = await startRun(ledger, { pipeline: PIPELINE, planHash: PLAN_HASH, owner, nowMs: 1 })
  const ids = numbers(ledger, items)
  await writeRaw(
    ledger,
    sql`insert into item (pipeline, key, version, generation, kind, size_bytes, modified_ms, sha256, load_key, state, run_id,
               plan_hash, attempts, round_attempts, epoch, read, loaded, rejected, discovered_ms, updated_ms, finished_ms)
        select ${lit(PIPELINE)}, 'entrada/2026/report_' || n || '.txt', '1048576:' || n, 0, 'file', 1048576, n,
               ${hex('a')}, ${hex('b')}, 'ready', ${lit(runId)}, ${lit(PLAN_HASH)}, 1, 1, 1, 500, 480, 20, n, n, n
          from ${ids}`,
  )
  await writeRaw(
    ledger,
    sql`insert into attempt (item_id, number, epoch, run_id, worker, started_ms, finished_ms, outcome, stage)
        select id, 1, 1, run_id, 'host:1', discovered_ms, finished_ms, 'ready', 'loading' from item`,
  )
  for (const [index, state] of STATES.entries())
    await writeRaw(
      ledger,
      sql`insert into transition (item_id, at_ms, from_state, to_state, worker)
          select id, discovered_ms, ${index === 0 ? sql`null` : lit(STATES[index - 1] ?? '')}, ${lit(state)}, 'host:1' from item`,
    )
}

/** Makes the newest items wait again; history stays as it was. */
export async function makeWait(ledger: Ledger, items: number): Promise<void> {
  await writeRaw(
    ledger,
    sql`update item set state = 'pending', finished_ms = null, due_ms = 0, lease_until_ms = null, owner_host = null,
               owner_pid = null, owner_start = null
         where id in (select id from item order by id desc limit ${sql.lit(items)})`,
  )
}

async function writeRaw(ledger: Ledger, statement: RawBuilder<unknown>): Promise<void> {
  await writeLedger(ledger, async (transaction) => {
    if (ledger.dialect === 'postgres') await sql`set local statement_timeout to 0`.execute(transaction)
    await statement.execute(transaction)
  })
}

/** 1 to `count`, as column n. */
function numbers({ dialect }: Ledger, count: number): RawBuilder<unknown> {
  const to = sql.lit(count)
  if (dialect === 'postgres') return sql`generate_series(1, ${to}) as series (n)`
  return sql`(with recursive series (n) as (select 1 union all select n + 1 from series where n < ${to}) select n from series)`
}

/** As text of 64 letters that differ, as a sha256 does. */
function hex(salt: string): RawBuilder<unknown> {
  return sql`${lit(salt)} || substr('000000000000000000000000000000000000000000000000000000000000000' || n, -63 + 63 + length(cast(n as text)) + 1, 63)`
}

function lit(text: string): RawBuilder<string> {
  return sql.lit(text)
}
