import { readdirSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CauceError } from '../../model/cauce-error.ts'
import type { Destination } from '../destination.ts'
import { openDuckdbDestination } from './destination.ts'
import {
  TEXT,
  INTEGER,
  failure,
  hooks,
  loadRequest,
  loadVisits,
  scratch,
  table,
  visits,
  type Scratch,
} from './scratch-destination.test-kit.ts'

let here: Scratch
let destination: Destination

beforeEach(async () => {
  here = await scratch()
  destination = await here.open()
})

afterEach(async () => here.remove())

test('appends and merges one item, once', async () => {
  expect(await loadVisits({ here, destination }, 'a.txt', ['ana', 'bea', 'ana'], '2013-02-01')).toEqual({
    kind: 'loaded',
  })
  expect(await loadVisits({ here, destination }, 'b.txt', ['ana', 'eva'], '2013-01-01')).toEqual({
    kind: 'loaded',
  })
  expect(await loadVisits({ here, destination }, 'a.txt', ['ana', 'bea', 'ana'], '2013-02-01')).toEqual({
    kind: 'already_loaded',
    counts: { read: 3, loaded: 3, rejected: 0, skipped: 0, warnings: 0 },
  })
  expect(await here.ask('SELECT count(*) FROM visitas')).toEqual([[5]])
  expect(await here.ask('SELECT * FROM visitantes ORDER BY email')).toEqual([
    ['ana', '2013-01-01 10:00:00', '2013-02-01 10:02:00', 3],
    ['bea', '2013-02-01 10:01:00', '2013-02-01 10:01:00', 1],
    ['eva', '2013-01-01 10:01:00', '2013-01-01 10:01:00', 1],
  ])
  expect(await readdir(here.folder)).toEqual(['it.duckdb', 'spool'])
})

test('refuses the same name with other bytes, and the same bytes under another name', async () => {
  await destination.prepare([])
  const first = loadRequest('a.txt', [], { content: 'one' })
  expect(await destination.load(first, hooks())).toEqual({ kind: 'loaded' })
  expect(await destination.load(loadRequest('a.txt', [], { content: 'two' }), hooks())).toEqual({
    kind: 'refused',
    loadedSha256: first.record.sha256,
  })
  expect(await destination.load(loadRequest('b.txt', [], { content: 'one' }), hooks())).toEqual({
    kind: 'duplicate',
    otherItem: 'a.txt',
  })
  expect(await destination.findLoad(first.record.loadKey)).toEqual(first.record)
  expect(await destination.findLoad('nothing')).toBeUndefined()
})

test('replaced rows of a load go through once, and the rest of it not at all', async () => {
  await destination.prepare([])
  const origin = 'f'.repeat(64)
  const rows = Array.from({ length: 2500 }, (_, index) => ({ originLoad: origin, record: index + 1 }))
  expect(await destination.load(loadRequest('r1', [], { replayed: rows }), hooks())).toEqual({
    kind: 'loaded',
  })
  const again = [{ originLoad: origin, record: 9000 }, ...rows.slice(2400)]
  const result = await destination.load(loadRequest('r2', [], { replayed: again }), hooks())
  expect(result).toMatchObject({ kind: 'already_replayed' })
  expect(result.kind === 'already_replayed' && result.rows.length).toBe(100)
  expect(await destination.replayedRecords(origin)).toEqual(new Set(rows.map(({ record }) => record)))
  expect(await here.ask('SELECT count(*) FROM cauce_loads')).toEqual([[1]])
})

test('a table replaced holds the rows of the last load alone', async () => {
  await destination.prepare([visits])
  for (const [item, n] of [
    ['a', 5],
    ['b', 3],
  ] as const) {
    const staged = await here.stage(
      visits,
      `SELECT 'x' AS email, TIMESTAMP '2013-01-01' AS fecha, range AS opens FROM range(${n})`,
      'replace',
    )
    await destination.load(loadRequest(item, [staged]), hooks())
  }
  expect(await here.ask('SELECT count(*) FROM visitas')).toEqual([[3]])
})

test('more than memory holds is spilled into the attempt and leaves nothing', async () => {
  const small = await here.open({ memoryMb: 40 })
  const shape = table(
    'grande',
    { clave: TEXT, n: INTEGER },
    { key: ['clave'], merge: { n: { kind: 'sum' } } },
  )
  await small.prepare([shape])
  const staged = await here.stage(
    shape,
    'SELECT md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS clave, range AS n FROM range(300000) ORDER BY clave',
  )
  const attempt = dirname(staged.path)
  const seen: string[] = []
  const looking = hooks({ at: () => void seen.push(...readdirSync(attempt)) })
  for (const item of ['a', 'b'])
    expect(await small.load(loadRequest(item, [staged]), looking)).toEqual({ kind: 'loaded' })
  expect(await here.ask('SELECT count(*), sum(n) FROM grande')).toEqual([[300_000, 2 * 44_999_850_000]])
  expect(seen).toContain('duckdb-load')
  expect(readdirSync(attempt)).toEqual(['table-0'])
}, 30_000)

test('asks a file that is not there nothing, and makes none by asking', async () => {
  expect(await destination.findLoad('x')).toBeUndefined()
  expect(await destination.replayedRecords('x')).toEqual(new Set())
  expect(await readdir(here.folder)).toEqual([])
})

test('refuses what is no DuckDB file, with the remedy', async () => {
  await writeFile(here.path, 'a,b\n1,2\n')
  const error = await failure(destination.prepare([]))
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
  expect(error.message).toMatch(/not a valid DuckDB database file; name another file in `into`/)
  for (const url of [
    'duckdb:relative.duckdb',
    'duckdb::memory:',
    'duckdb:/no/such/folder/x.duckdb',
    'duckdb:/tmp/',
    'duckdb:/tmp/a?b.duckdb',
    'mysql://x',
  ])
    expect(await failure(openDuckdbDestination(url)), url).toBeInstanceOf(CauceError)
})

test('leaves a file that other tools read, in names with spaces and signs too', async () => {
  const folder = join(here.folder, `it's [a] "fol*der"`)
  await mkdir(folder)
  const there = await scratch(folder)
  const target = await there.open()
  await target.prepare([visits])
  const staged = await there.stage(visits, `SELECT 'x' AS email, TIMESTAMP '2013-01-01' AS fecha, 1 AS opens`)
  expect(await target.load(loadRequest('a', [staged]), hooks())).toEqual({ kind: 'loaded' })
  expect(await there.ask('SELECT email FROM visitas')).toEqual([['x']])
})

test('two destinations in one process take turns', async () => {
  const rivals = [destination, await here.open(), await here.open()]
  await destination.prepare([visits])
  const loads = Array.from({ length: 12 }, async (_, index) => {
    const staged = await here.stage(
      visits,
      `SELECT 'x' AS email, TIMESTAMP '2013-01-01' AS fecha, ${index} AS opens`,
    )
    return rivals[index % 3]?.load(loadRequest(`i${index % 8}`, [staged]), hooks())
  })
  const results = await Promise.all(loads)
  expect(results.filter((result) => result?.kind === 'loaded').length).toBe(8)
  expect(results.filter((result) => result?.kind === 'already_loaded').length).toBe(4)
  expect(await here.ask('SELECT count(*) FROM visitas')).toEqual([[8]])
})
