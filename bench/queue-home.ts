import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { startPostgres } from '../test/servers/postgres.ts'
import { processFigures, processTable } from './process-table.ts'

/** Where the queue is measured. */
export interface QueueHome extends AsyncDisposable {
  readonly name: string
  /** An empty place for a ledger of so many items. */
  readonly urlFor: (items: number) => Promise<string>
  /** Runs a statement on the ledger there. */
  readonly run: (url: string, statement: string) => Promise<void>
  /** A source of rows 1 to `count`, as column n. */
  readonly numbersTo: (count: number) => string
  /** CPU time of whatever serves it besides the workers. */
  readonly serverCpuSeconds: () => number
  /** What a ledger in use has done by itself, and one just filled has not. */
  readonly settle: (url: string) => Promise<void>
}

export const QUEUE_HOMES = ['sqlite', 'postgres'] as const
export type QueueHomeName = (typeof QUEUE_HOMES)[number]

export async function openQueueHome(name: QueueHomeName, folder: string): Promise<QueueHome> {
  return name === 'sqlite' ? onSqlite(join(folder, 'queue')) : onPostgres()
}

async function onSqlite(folder: string): Promise<QueueHome> {
  const remove = async () => rm(folder, { recursive: true, force: true })
  await remove()
  await mkdir(folder, { recursive: true })
  const run = async (url: string, statement: string) => {
    const database = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 10_000 })
    database.exec(statement)
    database.close()
  }
  return {
    name: `SQLite ${process.versions['sqlite']}`,
    urlFor: async (items) => `sqlite:${join(folder, `${items}.db`)}`,
    run,
    numbersTo: (count) =>
      `(with recursive series (n) as (select 1 union all select n + 1 from series where n < ${count}) select n from series)`,
    serverCpuSeconds: () => 0,
    settle: async (url) => run(url, 'pragma wal_checkpoint(truncate)'),
    [Symbol.asyncDispose]: remove,
  }
}

/** Commits are forced to disk, as in real life, and the disk is a real one: the tests' servers have neither. */
async function onPostgres(): Promise<QueueHome> {
  process.env['TMPDIR'] ??= '/var/tmp'
  const server = await startPostgres({
    durable: true,
    configuration: [
      'shared_buffers=512MB',
      'max_wal_size=4GB',
      'checkpoint_timeout=30min',
      'log_lock_waits=off',
    ],
  })
  const run = async (url: string, statement: string) => {
    const client = new Client(url)
    await client.connect()
    try {
      await client.query('set search_path to cauce')
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  return {
    name: `PostgreSQL ${server.version.split(' ', 1)[0] ?? ''}`,
    urlFor: async () => (await server.createDatabase()).url,
    run,
    numbersTo: (count) => `generate_series(1, ${count}) as series (n)`,
    serverCpuSeconds: () => treeCpuSeconds(server.pid()),
    settle: async (url) => {
      await run(url, 'vacuum analyze')
      await run(url, 'checkpoint')
    },
    [Symbol.asyncDispose]: async () => server.stop(),
  }
}

/** A server's processes have sessions of their own; those that ended count for their parent. */
function treeCpuSeconds(pid: number): number {
  const own = processFigures(String(pid))
  const children = processTable().filter(({ parent }) => parent === pid)
  return [
    own?.cpuSeconds,
    own?.childCpuSeconds,
    ...children.map(({ cpuSeconds }) => cpuSeconds),
  ].reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0)
}
