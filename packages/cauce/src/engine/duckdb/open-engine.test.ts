import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CauceError } from '../../model/cauce-error.ts'
import { EngineError } from './engine-error.ts'
import { openEngine, type Engine } from './open-engine.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'

let folder: string
let spool: string
let engine: Engine

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cauce-engine-'))
  spool = join(folder, 'spool [a]*')
  await mkdir(spool)
  engine = await openEngine({ spoolDirectory: spool, memoryMb: 64 })
})

afterEach(async () => {
  await engine.close()
  await rm(folder, { recursive: true })
})

const failure = async (work: Promise<unknown>): Promise<Error> => {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(outcome instanceof Error)) throw new Error('it did not fail')
  return outcome
}

test('rows come as plain values, integers as numbers where they fit', async () => {
  const rows = await engine.rows(`
    SELECT 1::BIGINT AS small, 9223372036854775807::BIGINT AS big, sum(x) AS total, 1.50::DECIMAL(9,2) AS price,
      DATE '2013-02-28' AS day, TIMESTAMP '2013-02-28 10:20:30.5' AS moment, NULL AS nothing, true AS yes, 'ñ' AS word
    FROM range(3) t(x)`)
  expect(rows).toEqual([
    {
      small: 1,
      big: 9223372036854775807n,
      total: 3,
      price: '1.50',
      day: '2013-02-28',
      moment: '2013-02-28 10:20:30.5',
      nothing: null,
      yes: true,
      word: 'ñ',
    },
  ])
  expect(await engine.scalar('SELECT 42')).toBe(42)
  expect(await engine.scalar('SELECT 42 WHERE false')).toBeNull()
})

test('columns tells names and logical types without running the query', async () => {
  const columns = await engine.columns(
    `SELECT 'a' AS name, 1 AS n, sum(1) AS total, 1.5::DECIMAL(9,2) AS price, [1] AS list, error('never run') AS e FROM range(2)`,
  )
  expect(columns).toEqual([
    { name: 'name', type: { kind: 'text', maxLength: undefined }, duckdbType: 'VARCHAR' },
    { name: 'n', type: { kind: 'integer' }, duckdbType: 'INTEGER' },
    { name: 'total', type: { kind: 'integer' }, duckdbType: 'HUGEINT' },
    { name: 'price', type: { kind: 'decimal', precision: 9, scale: 2 }, duckdbType: 'DECIMAL(9,2)' },
    { name: 'list', type: undefined, duckdbType: 'INTEGER[]' },
    expect.objectContaining({ name: 'e' }),
  ])
})

test('integer columns stream in full and in order', async () => {
  let next = 0n
  for await (const [numbers, doubled] of engine.integerColumns('SELECT range, range * 2 FROM range(10000)'))
    for (const [index, number] of (numbers ?? []).entries()) {
      expect(number).toBe(next)
      expect(doubled?.[index]).toBe(2n * next)
      next++
    }
  expect(next).toBe(10_000n)
})

test('rows made in JavaScript are appended in order', async () => {
  await engine.run('CREATE TEMP TABLE lines (line BIGINT, raw VARCHAR, share DOUBLE, good BOOLEAN)')
  const rows = Array.from({ length: 5000 }, (_, i) => [
    i + 1,
    i % 7 === 0 ? null : `ñ ${i}\0'"`,
    i / 3,
    i % 2 === 0,
  ])
  expect(await engine.appendRows('lines', rows)).toBe(5000)
  expect(
    await engine.rows(
      'SELECT count(*) AS n, count(raw) AS raw, bool_and(rowid + 1 = line) AS ordered FROM lines',
    ),
  ).toEqual([{ n: 5000, raw: 4285, ordered: true }])
  expect(await engine.scalar('SELECT raw FROM lines WHERE line = 2')).toBe(`ñ 1\0'"`)
})

test('the spool can be written and read, whatever its name', async () => {
  const file = quoteText(join(spool, 'a.parquet'))
  expect(await engine.run(`COPY (SELECT range FROM range(7)) TO ${file}`)).toBe(7)
  expect(await engine.scalar(`SELECT count(*) FROM read_parquet(${file})`)).toBe(7)
})

test('nothing outside the spool can be read or written, nor the lock undone', async () => {
  const outside = join(folder, 'outside.csv')
  await writeFile(outside, 'secret\n')
  await symlink(outside, join(spool, 'link.csv'))
  const attempts = [
    `SELECT * FROM read_csv(${quoteText(outside)})`,
    `SELECT * FROM read_text(${quoteText(join(spool, '..', 'outside.csv'))})`,
    `SELECT * FROM read_text(${quoteText(join(spool, 'link.csv'))})`,
    `COPY (SELECT 1) TO ${quoteText(join(folder, 'written.csv'))}`,
    `ATTACH ${quoteText(join(folder, 'other.duckdb'))}`,
    `SET enable_external_access = true`,
    `SET allowed_directories = ['/']`,
    `RESET allowed_paths`,
    `SET memory_limit = '100GB'`,
    `INSTALL httpfs`,
    `LOAD httpfs`,
    `SELECT * FROM read_csv('http://localhost/x.csv')`,
  ]
  for (const sql of attempts) expect(await failure(engine.run(sql)), sql).toBeInstanceOf(EngineError)
  expect(await readdir(folder)).toEqual(['outside.csv', 'spool [a]*'])
})

test('an interrupted statement rejects and the engine goes on', async () => {
  const long = failure(engine.run('SELECT count(*) FROM range(10000000000) t(a) WHERE hash(a) = 1'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  engine.interrupt()
  expect(await long).toMatchObject({ name: 'EngineError', kind: 'INTERRUPT' })
  expect(await engine.scalar('SELECT 1')).toBe(1)
})

test('memory that is not enough is MEMORY_EXHAUSTED', async () => {
  const error = await failure(
    engine.run("SELECT length(string_agg(range::VARCHAR, '')) FROM range(100000000)"),
  )
  expect(error).toBeInstanceOf(CauceError)
  expect(error).toMatchObject({ code: 'MEMORY_EXHAUSTED' })
})

test('what does not fit in memory is spilled inside the spool and leaves nothing behind', async () => {
  await using small = await openEngine({ spoolDirectory: spool, memoryMb: 24 })
  await small.run('CREATE TEMP TABLE big AS SELECT md5(range::VARCHAR) AS x FROM range(1500000)')
  expect(await readdir(spool)).toContain('duckdb-temp')
  expect(await small.scalar('SELECT count(*) FROM big')).toBe(1_500_000)
  await small.close()
  expect(await readdir(spool)).toEqual([])
}, 30_000)

test('errors keep one short line and none of the data', async () => {
  const csv = join(spool, 'a.csv')
  await writeFile(csv, `a,b\n1,2\nsecret,${'x'.repeat(1000)},3\n`)
  const secrets = [
    `SELECT CAST(x AS INTEGER) FROM (VALUES ('it''s a secret' || chr(10) || 'line')) t(x)`,
    `SELECT CAST(x AS TIMESTAMP) FROM (VALUES ('secret')) t(x)`,
    `SELECT CAST(x AS JSON) FROM (VALUES ('{"secret')) t(x)`,
    `CREATE OR REPLACE TEMP TABLE k (a VARCHAR PRIMARY KEY); INSERT INTO k VALUES ('secret'), ('secret')`,
    `SELECT count(*) FROM read_csv(${quoteText(csv)}, auto_detect = false, columns = {'a': 'VARCHAR', 'b': 'VARCHAR'})`,
  ]
  for (const sql of secrets) {
    const error = await failure(engine.run(sql))
    expect(error, sql).toBeInstanceOf(EngineError)
    expect(error.message).not.toMatch(/secret|xxx|\n/)
    expect(error.message.length).toBeLessThanOrEqual(300)
    expect(error.cause).toBeUndefined()
  }
  expect((await failure(engine.run(secrets.at(-1) ?? ''))).message).toBe(
    'Invalid Input Error: CSV Error on Line: 3: Expected Number of Columns: 2 Found: 3',
  )
  expect((await failure(engine.run('SELECT nope FROM range(1)'))).message).toBe(
    'Binder Error: Referenced column "nope" not found in FROM clause!',
  )
})
