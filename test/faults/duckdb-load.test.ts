import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CauceError } from '../../packages/cauce/src/model/cauce-error.ts'
import {
  failure,
  hooks,
  loadRequest,
  scratch,
  table,
  TEXT,
  visitors,
  visits,
  type Scratch,
} from '../../packages/cauce/src/connectors/duckdb/scratch-destination.test-kit.ts'
import type { LoadRequest } from '../../packages/cauce/src/connectors/destination.ts'
import { describeNeeding } from '../servers/shared-servers.ts'
import { mountTmpfs } from '../servers/tmpfs.ts'

/** `CAUCE_KILL_ROUNDS` for the long run; the seed of the kills at any moment is printed with a failure. */
const ROUNDS = Number(process.env['CAUCE_KILL_ROUNDS'] ?? 1)
const ITEMS = 3
const ROWS = 2_000
const NOTES = table('notas', { nota: TEXT })

describe('kill -9 of a process that loads into DuckDB', () => {
  const boundaries = ['before-guard', 'after-guard', 'after-tables', 'before-commit', 'after-commit']
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round)
  test.each(boundaries.flatMap((boundary) => rounds.map((round) => [boundary, round] as const)))(
    'at %s, round %i: all of an item or nothing, and a rerun makes it whole',
    async (boundary, round) => {
      const here = await scratch()
      try {
        const passage = (round % ITEMS) + 1
        const signal = await runLoads(here, await requests(here), {
          CAUCE_FAIL_AT: `load:${boundary}#${passage}`,
        })
        expect(signal).toBe('SIGKILL')
        expect(await loaded(here)).toBe(boundary === 'after-commit' ? passage : passage - 1)
        await rerun(here)
      } finally {
        await here.remove()
      }
    },
  )

  test.each(rounds)('at any moment, round %i', async (round) => {
    const here = await scratch()
    try {
      // Spread over the life of the process, which is short: most fall between its start and its last COMMIT.
      const signal = await runLoads(here, await requests(here), {}, 250 + ((round * 37) % 400))
      expect(['SIGKILL', null]).toContain(signal)
      await loaded(here)
      await rerun(here)
    } finally {
      await here.remove()
    }
  })
})

describeNeeding('tmpfs')('a full disk under the DuckDB file', () => {
  test('is DISK_FULL wherever it strikes, with nothing loaded by half, and with room the load goes on', async () => {
    await using disk = await mountTmpfs(12)
    const here = await scratch(join(disk.path))
    const destination = await here.open()
    const loads = await requests(here)
    await destination.prepare([visits, visitors, NOTES])
    let done = 0
    for (let leaveBytes = 0; done < ITEMS; leaveBytes += 48 * 1024) {
      const filler = await fill(disk.path, leaveBytes)
      const [request] = loads.slice(done)
      if (request === undefined) break
      const outcome = await destination.load(request, hooks()).catch((error: Error) => error)
      await rm(filler)
      const isLoaded = 'kind' in outcome && outcome.kind === 'loaded'
      if (isLoaded) done++
      expect(isLoaded || outcome).toSatisfy(
        (said) => said === true || (said instanceof CauceError && said.code === 'DISK_FULL'),
      )
      // A COMMIT that was written may have found no room for its checkpoint: then its log stays until the next load.
      expect(await loaded(here)).toBe(done)
    }
    await destination.writeReport({ table: NOTES, values: { nota: 'x' } })
    await destination.close()
    expect(await readdir(disk.path)).toEqual(['it.duckdb', 'spool'])
    expect(await loaded(here)).toBe(ITEMS)
  })

  test('where there is no room for the file at all, nothing is left that could be taken for one', async () => {
    await using disk = await mountTmpfs(1)
    const here = await scratch(disk.path)
    const filler = await fill(disk.path, 0)
    const destination = await here.open()
    expect(await failure(destination.prepare([visits]))).toMatchObject({ code: 'DISK_FULL' })
    await rm(filler)
    await destination.prepare([visits])
    expect(await here.ask('SELECT count(*) FROM visitas')).toEqual([[0]])
    await destination.close()
  })
})

async function requests(here: Scratch): Promise<readonly LoadRequest[]> {
  const loads: LoadRequest[] = []
  for (let item = 0; item < ITEMS; item++) {
    const from = `(SELECT 'u' || (range % 700) AS email, TIMESTAMP '2013-01-01' + INTERVAL (range) MINUTE AS fecha, range AS opens FROM range(${ROWS}))`
    const merged = `SELECT email, min(fecha) AS primera, max(fecha) AS ultima, count(*) AS total FROM ${from} GROUP BY email ORDER BY email`
    loads.push(
      loadRequest(`item-${item}`, [
        await here.stage(visits, `FROM ${from}`),
        await here.stage(visitors, merged),
      ]),
    )
  }
  return loads
}

/** Runs the loads in a process of their own; resolves to the signal that ended it. */
async function runLoads(
  here: Scratch,
  loads: readonly LoadRequest[],
  environment: NodeJS.ProcessEnv,
  killAfterMs?: number,
): Promise<NodeJS.Signals | null> {
  const path = join(here.folder, 'requests.json')
  await writeFile(path, JSON.stringify(loads))
  const child = fork(new URL('./duckdb-load-main.ts', import.meta.url), [here.url, path], {
    env: { ...process.env, ...environment },
    execArgv: [],
    silent: true,
  })
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  clearTimeout(timer)
  return signal
}

/** How many items are loaded, each whole in every table, asked as any reader would. */
async function loaded(here: Scratch): Promise<number> {
  const tables = await here
    .ask("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'visitantes'")
    .catch(() => [])
  if (Number(tables[0]?.[0] ?? 0) === 0) return 0
  const [row = []] = await here.ask(
    'SELECT (SELECT count(*) FROM cauce_loads), (SELECT count(*) FROM visitas), (SELECT coalesce(sum(total), 0) FROM visitantes), (SELECT count(*) FROM visitantes)',
  )
  const items = Number(row[0])
  expect(row).toEqual([items, items * ROWS, items * ROWS, items === 0 ? 0 : 700])
  return items
}

async function rerun(here: Scratch): Promise<void> {
  expect(await runLoads(here, await requests(here), {})).toBeNull()
  expect(await loaded(here)).toBe(ITEMS)
  expect((await readdir(here.folder)).toSorted()).toEqual(['it.duckdb', 'requests.json', 'spool'])
}

/** Takes all the room of a file system but for some bytes. */
async function fill(folder: string, leaveBytes: number): Promise<string> {
  const { bavail, bsize } = await statfs(folder)
  const filler = join(folder, 'filler')
  await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)))
  return filler
}
