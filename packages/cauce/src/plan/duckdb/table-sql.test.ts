import { afterAll, beforeAll, expect, test } from 'vitest'
import { date, decimal, integer, text } from '../../pipeline/columns.ts'
import { contract, type Contract } from '../../pipeline/contract.ts'
import { sql } from '../../pipeline/sql.ts'
import {
  append,
  first,
  last,
  rejects,
  replace,
  restarting,
  upsert,
  valid,
  type Table,
} from '../../pipeline/tables.ts'
import { compileContract } from '../compile-contract.ts'
import { compileTable } from '../compile-table.ts'
import { FACTS, makeJudged, openTestEngine } from './judge-rows.test-kit.ts'
import { tableSql } from './table-sql.ts'

let bench: Awaited<ReturnType<typeof openTestEngine>>
beforeAll(async () => {
  bench = await openTestEngine()
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
})

const visits = contract('visits', {
  who: text(),
  day: date().nullable(),
  n: integer().nullable(),
  note: text().nullable(),
})

async function rowsOf(
  table: Table,
  fields: readonly (readonly string[])[],
  declared: Contract<unknown> = visits,
): Promise<readonly object[]> {
  await makeJudged(
    bench.engine,
    declared,
    fields.map((row) => ({ fields: row })),
  )
  return bench.engine.rows(tableSql(compileTable('t', table), compileContract(declared), FACTS))
}

const FILE = [
  ['b', '2013-02-10', '1', 'first of b'],
  ['a', '2013-02-28', '', 'second of a by day'],
  ['a', '2012-12-31', '4', ''],
  ['a', '', '5', 'undated'],
  ['bad', 'no date', '', ''],
  ['b', '2013-02-10', '2', ''],
]

test('append(valid) carries the load and the record number; without technical columns it is as declared', async () => {
  const rows = await rowsOf(append(valid), FILE)
  expect(rows).toHaveLength(5)
  expect(rows[4]).toEqual({
    who: 'b',
    day: '2013-02-10',
    n: 2,
    note: null,
    _cauce_load: FACTS.load_key,
    _cauce_record: 6,
  })
  expect(await rowsOf(append(valid, { technicalColumns: false }), FILE.slice(0, 1))).toEqual([
    { who: 'b', day: '2013-02-10', n: 1, note: 'first of b' },
  ])
})

test('append(sql) carries the load and no record; a comment at its end harms nothing', async () => {
  expect(
    await rowsOf(
      append(sql`SELECT who, count(*) AS rows FROM valid GROUP BY who ORDER BY who -- by name`),
      FILE,
    ),
  ).toEqual([
    { who: 'a', rows: 3, _cauce_load: FACTS.load_key, _cauce_record: null },
    { who: 'b', rows: 2, _cauce_load: FACTS.load_key, _cauce_record: null },
  ])
})

test('replace holds the rows and nothing else', async () => {
  expect(await rowsOf(replace(valid), FILE.slice(0, 1))).toEqual([
    { who: 'b', day: '2013-02-10', n: 1, note: 'first of b' },
  ])
})

test('upsert(valid) merges the rows of one file as the destination would one by one', async () => {
  const merged = (merge: Parameters<typeof upsert>[0]['merge']): Promise<readonly object[]> =>
    rowsOf(upsert({ key: 'who', from: valid, merge }), FILE)
  expect(await merged({ day: 'min', n: 'sum' })).toEqual([
    { who: 'a', day: '2012-12-31', n: 9 },
    { who: 'b', day: '2013-02-10', n: 3 },
  ])
  expect(await merged({ day: 'max', n: 'max' })).toEqual([
    { who: 'a', day: '2013-02-28', n: 5 },
    { who: 'b', day: '2013-02-10', n: 2 },
  ])
  // The last row counts, also where it holds nothing.
  expect(await merged({ note: 'replace' })).toEqual([
    { who: 'a', note: 'undated' },
    { who: 'b', note: null },
  ])
})

test('first and last go by their column, a missing one being weakest, then by record', async () => {
  const merged = (merge: Parameters<typeof upsert>[0]['merge']): Promise<readonly object[]> =>
    rowsOf(upsert({ key: 'who', from: valid, merge }), FILE)
  expect(await merged({ note: first('day'), n: last('day') })).toEqual([
    { who: 'a', note: null, n: null },
    { who: 'b', note: 'first of b', n: 2 },
  ])
  expect(await merged({ note: last('day'), n: first('day') })).toEqual([
    { who: 'a', note: 'second of a by day', n: 4 },
    { who: 'b', note: null, n: 1 },
  ])
})

test('counters that restart count the rows of the reference date’s period only', async () => {
  const merged = (unit: 'year' | 'month'): Promise<readonly object[]> =>
    rowsOf(upsert({ key: 'who', from: valid, merge: { n: restarting(unit, 'day') }, detail: 'd' }), [
      ...FILE,
      ['b', '2013-01-31', '10', ''],
      ['c', '2012-02-28', '7', ''],
    ])
  expect(await merged('year')).toEqual([
    { who: 'a', n: 0 },
    { who: 'b', n: 13 },
    { who: 'c', n: 0 },
  ])
  expect(await merged('month')).toEqual([
    { who: 'a', n: 0 },
    { who: 'b', n: 3 },
    { who: 'c', n: 0 },
  ])
})

test('merged rows come in the order of their key, by bytes', async () => {
  const rows = await rowsOf(
    upsert({ key: ['who'], from: sql`SELECT who FROM valid GROUP BY ALL`, merge: {} }),
    ['b', 'ñ', 'a', 'Z', 'peña', 'pena'].map((who) => [who, '', '', '']),
  )
  expect(rows.map((row) => Object.values(row)[0])).toEqual(['Z', 'a', 'b', 'pena', 'peña', 'ñ'])
})

test('exact sums stay exact', async () => {
  const money = contract('m', { k: text(), amount: decimal(18, 2) })
  const rows = await rowsOf(
    upsert({ key: 'k', from: valid, merge: { amount: 'sum' } }),
    Array.from({ length: 100 }, () => ['x', '9999999999999999.99']),
    money,
  )
  expect(rows).toEqual([{ k: 'x', amount: '999999999999999999.00' }])
})

test('rejects come under the names the pipeline gives, as fields or SQL, by record', async () => {
  await bench.engine.run(`CREATE OR REPLACE TEMP TABLE rejects AS
    SELECT 'in/a.csv' AS file, 7 AS record, 9 AS line, ['a:missing', 'row:x'] AS codes, 'a,"b"' AS raw, 'k' AS load_key
    UNION ALL SELECT 'in/a.csv', 2, 2, ['b'], 'x', 'k'`)
  const table = append(rejects, {
    columns: { línea: 'line', why: 'rules', n: sql`len(codes)`, "o'k": 'raw' },
  })
  expect(await bench.engine.rows(tableSql(compileTable('e', table), compileContract(visits), FACTS))).toEqual(
    [
      { línea: 2, why: 'b', n: 1, "o'k": 'x' },
      { línea: 9, why: 'a:missing|row:x', n: 2, "o'k": 'a,"b"' },
    ],
  )
  expect(
    Object.keys(
      (
        await bench.engine.rows(tableSql(compileTable('e', append(rejects)), compileContract(visits), FACTS))
      )[0] ?? {},
    ),
  ).toEqual(['file', 'line', 'record', 'rules', 'raw', 'load_key'])
})
