import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Plan, TablePlan } from '../model/plan.ts'
import { decimal, email, integer, json, text, time, timestamp } from '../pipeline/columns.ts'
import { contract } from '../pipeline/contract.ts'
import { csv } from '../pipeline/csv.ts'
import { files } from '../pipeline/files.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { name, sql } from '../pipeline/sql.ts'
import { append, type Table, upsert, valid } from '../pipeline/tables.ts'
import { compilePlan } from '../plan/compile-plan.ts'
import { FACTS, makeJudged, openTestEngine } from '../plan/duckdb/judge-rows.test-kit.ts'
import { buildTables, tableShape } from './build-tables.ts'

let bench: Awaited<ReturnType<typeof openTestEngine>>
beforeAll(async () => {
  bench = await openTestEngine()
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
})

const declared = contract('c', {
  who: email(),
  n: integer().nullable(),
  amount: decimal(5, 2),
  at: timestamp('yyyy-MM-dd HH:mm:ss.SSS'),
  day: timestamp(),
  hour: time('HH:mm'),
  extra: json().nullable(),
  note: text().length({ max: 10 }).warn(),
})

const ROWS = [
  [
    'a@x.com',
    '9223372036854775807',
    '999.99',
    '2013-02-28 10:00:00.000',
    '2013-02-28 10:00:00',
    '10:00',
    '{}',
    'a',
  ],
  [
    'a@x.com',
    '',
    '999.99',
    '2013-02-28 10:00:00.500',
    '2013-02-28 10:00:00',
    '10:00',
    '',
    'much too long a note',
  ],
]

const planWith = (table: Table): Plan =>
  compilePlan(
    pipeline('p', {
      from: files('./in'),
      read: csv(),
      contract: declared,
      tables: { t: table },
      into: 'duckdb:x',
    }),
  )

const only = (plan: Plan): TablePlan => plan.tables[0] as TablePlan

async function built(table: Table): Promise<Awaited<ReturnType<typeof buildTables>>[number]> {
  await makeJudged(
    bench.engine,
    declared,
    ROWS.map((fields) => ({ fields })),
  )
  const [load] = await buildTables(
    { engine: bench.engine, plan: planWith(table), facts: FACTS },
    { format: 'mysql-text', spoolFolder: bench.folder },
  )
  if (load === undefined) throw new Error('no table was built')
  return load
}

const refusal = async (table: Table): Promise<unknown> =>
  built(table).then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  )

test('a table of the valid rows has the contract’s types, lengths and nullability', async () => {
  const { columns, rows, fractions } = await built(append(valid))
  expect(rows).toBe(2)
  expect(fractions).toEqual(['at'])
  expect(columns).toEqual([
    { name: 'who', type: { kind: 'text', maxLength: 254 }, nullable: false },
    { name: 'n', type: { kind: 'integer' }, nullable: true },
    { name: 'amount', type: { kind: 'decimal', precision: 5, scale: 2 }, nullable: false },
    { name: 'at', type: { kind: 'timestamp' }, nullable: false },
    { name: 'day', type: { kind: 'timestamp', fraction: false }, nullable: false },
    { name: 'hour', type: { kind: 'time', fraction: false }, nullable: false },
    { name: 'extra', type: { kind: 'json' }, nullable: true },
    // A rule that only warns lets longer texts through.
    { name: 'note', type: { kind: 'text', maxLength: undefined }, nullable: false },
    { name: '_cauce_load', type: { kind: 'text', maxLength: 64 }, nullable: false },
    { name: '_cauce_record', type: { kind: 'integer' }, nullable: true },
  ])
})

test('sums have room for what they add up to', async () => {
  const { columns, sums } = await built(
    upsert({ key: 'who', from: valid, merge: { amount: 'sum', n: 'sum' } }),
  )
  expect(columns[1]).toEqual({
    name: 'amount',
    type: { kind: 'decimal', precision: 38, scale: 2 },
    nullable: false,
  })
  expect(sums).toEqual({ amount: '1999.98', n: '9223372036854775807' })
})

test('a query’s columns keep a length they inherit and may be null', async () => {
  const shape = await tableShape(
    { engine: bench.engine, plan: planWith(append(valid)), facts: FACTS },
    only(
      planWith(
        upsert({
          key: 'who',
          from: sql`SELECT who, count(*) AS n, 1.5::FLOAT AS f FROM valid GROUP BY who`,
          merge: { n: 'sum', f: 'max' },
        }),
      ),
    ),
  )
  expect(shape.columns).toEqual([
    { name: 'who', type: { kind: 'text', maxLength: 254 }, nullable: false },
    { name: 'n', type: { kind: 'integer' }, nullable: true },
    { name: 'f', type: { kind: 'double' }, nullable: true },
  ])
})

test.each([
  [
    upsert({ key: 'who', from: sql`SELECT who, n FROM valid`, merge: { n: 'sum' } }),
    'gives 2 rows for 1 keys; GROUP BY the key',
  ],
  [
    upsert({ key: 'n', from: sql`SELECT n FROM valid`, merge: {} }),
    'gives 1 rows without a key; leave them out',
  ],
  [
    upsert({ key: 'k', from: sql`SELECT who FROM valid GROUP BY 1`, merge: {} }),
    'the query gives no column k',
  ],
  [
    upsert({ key: 'who', from: sql`SELECT who, 1 AS one FROM valid GROUP BY 1`, merge: {} }),
    'say in `merge` how one meets',
  ],
  [append(sql`SELECT [1] AS list`), 'column list is INTEGER[]; cast it to text or JSON'],
  [append(sql`SELECT ${name('nothing')} FROM valid`), 'nothing'],
])('%# is refused: %s', async (table, said) => {
  expect(await refusal(table)).toContain(said)
})
