import { randomUUID } from 'node:crypto'
import type { QueueHome } from './queue-home.ts'

export const PIPELINE = 'visitas'
export const PLAN_HASH = 'h1'

const STATES = ['pending', 'extracting', 'transforming', 'loading', 'ready']

/** Settled items with their history, as months of work leave them; said in SQL, since a million calls would take an hour. */
export async function fillLedger(home: QueueHome, url: string, items: number): Promise<void> {
  const runId = randomUUID()
  const run = async (statement: string) => home.run(url, statement)
  await run(
    `insert into plan (hash, pipeline, json, first_seen_ms) values ('${PLAN_HASH}', '${PIPELINE}', '{}', 1)`,
  )
  await run(`insert into run (id, pipeline, plan_hash, state, host, pid, process_start, started_ms, finished_ms)
             values ('${runId}', '${PIPELINE}', '${PLAN_HASH}', 'done', 'host', 1, '', 1, 2)`)
  await run(
    `insert into item (pipeline, key, version, generation, kind, size_bytes, modified_ms, sha256, load_key, state, run_id,
            plan_hash, attempts, round_attempts, epoch, read, loaded, rejected, discovered_ms, updated_ms, finished_ms)
     select '${PIPELINE}', 'entrada/2026/report_' || n || '.txt', '1048576:' || n, 0, 'file', 1048576, n,
            ${hashOf('a')}, ${hashOf('b')}, 'ready', '${runId}', '${PLAN_HASH}', 1, 1, 1, 500, 480, 20, n, n, n
       from ${home.numbersTo(items)}`,
  )
  await run(
    `insert into attempt (item_id, number, epoch, run_id, worker, started_ms, finished_ms, outcome, stage)
     select id, 1, 1, run_id, 'host:1', discovered_ms, finished_ms, 'ready', 'loading' from item`,
  )
  for (const [index, state] of STATES.entries()) {
    const before = index === 0 ? 'null' : `'${STATES[index - 1]}'`
    await run(
      `insert into transition (item_id, at_ms, from_state, to_state, worker)
       select id, discovered_ms, ${before}, '${state}', 'host:1' from item`,
    )
  }
}

/** Makes the newest items wait again; history stays as it was. */
export async function makeWait(home: QueueHome, url: string, items: number): Promise<void> {
  await home.run(
    url,
    `update item set state = 'pending', finished_ms = null, due_ms = 0, lease_until_ms = null, owner_host = null,
            owner_pid = null, owner_start = null
      where id in (select id from item order by id desc limit ${items})`,
  )
}

/** 64 letters that differ, as a sha256 does. */
function hashOf(first: string): string {
  const padding = '0'.repeat(63)
  return `'${first}' || substr('${padding}', 1, 63 - length(cast(n as text))) || n`
}
