import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LogicalType } from '../../model/plan.ts'
import { openTestEngine } from './judge-rows.test-kit.ts'
import { duckdbType } from './parse-sql.ts'
import { quoteName, quoteText } from './quote.ts'
import { stagedRelationSql, stagingSql } from './staging-sql.ts'

let bench: Awaited<ReturnType<typeof openTestEngine>>
beforeAll(async () => {
  bench = await openTestEngine()
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
})

interface Case {
  readonly type: LogicalType
  readonly values: readonly string[]
}

const CASES: readonly Case[] = [
  {
    type: { kind: 'text', maxLength: undefined },
    values: [
      '',
      ' ',
      'NULL',
      'null',
      '\\N',
      '"',
      '""',
      '","',
      "'",
      'a\nb',
      'a\r\nb',
      '\r',
      'a\\nb',
      '\\',
      '\t',
      'peña',
      '👨‍👩‍👧',
      '#',
      ',',
    ],
  },
  { type: { kind: 'integer' }, values: ['0', '-9223372036854775808', '9223372036854775807'] },
  {
    type: { kind: 'decimal', precision: 38, scale: 10 },
    values: ['0.0000000001', '-9999999999999999999999999999.9999999999'],
  },
  { type: { kind: 'double' }, values: ['0.1', '1e308', '5e-324', '-0.0', '0.30000000000000004', '1e21'] },
  { type: { kind: 'boolean' }, values: ['true', 'false'] },
  { type: { kind: 'date' }, values: ['1000-01-01', '2024-02-29', '9999-12-31'] },
  {
    type: { kind: 'timestamp' },
    values: ['2013-02-28 10:20:30', '9999-12-31 23:59:59.999999', '1000-01-01 00:00:00.000001'],
  },
  { type: { kind: 'timestamp', fraction: false }, values: ['2013-02-28 10:20:30', '1000-01-01 00:00:00'] },
  { type: { kind: 'time' }, values: ['00:00:00', '23:59:59.999999'] },
  { type: { kind: 'uuid' }, values: ['0f8fad5b-d9cb-469f-a165-70867728950e'] },
  { type: { kind: 'json' }, values: ['{"a" : "NULL, \\"x\\""}', 'null', '[1,\n2]'] },
]

const columns = [
  { name: 'n', type: { kind: 'integer' } as const },
  { name: 'a "b", c', type: { kind: 'text', maxLength: undefined } as const },
]

describe.each(['mysql-text', 'postgres-csv', 'parquet'] as const)('%s', (format) => {
  test.each(CASES)('brings every $type.kind back, and NULL beside it', async ({ type, values }) => {
    const path = join(bench.folder, `it's ${format} ${type.kind}`)
    const name = 'a "b"'
    const shape = [{ name, type }]
    const rows = [...values.map(quoteText), 'NULL'].map(
      (value, i) => `SELECT ${i} AS i, CAST(${value} AS ${duckdbType(type)}) AS ${quoteName(name)}`,
    )
    await bench.engine.run(`CREATE OR REPLACE TEMP TABLE staged AS ${rows.join(' UNION ALL ')} ORDER BY 1`)
    const query = `SELECT ${quoteName(name)} FROM staged`
    expect(await bench.engine.run(stagingSql(query, shape, format, path))).toBe(rows.length)
    const back = stagedRelationSql(shape, format, path)
    expect((await bench.engine.columns(back)).map(({ duckdbType: found }) => found)).toEqual([
      duckdbType(type),
    ])
    const told = (relation: string): Promise<readonly object[]> =>
      bench.engine.rows(`SELECT CAST(${quoteName(name)} AS VARCHAR) AS value FROM (${relation})`)
    expect(await told(back)).toEqual(await told(query))
  })

  test('brings any text back, in order', async () => {
    const path = join(bench.folder, `any-${format}`)
    const text = fc.oneof(
      fc.string({
        unit: fc.constantFrom('"', '\\', '\n', '\r', ',', 'N', 'U', 'L', ' ', "'", 'ñ', '\t'),
        maxLength: 8,
      }),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { maxLength: 30 }), async (texts) => {
        await bench.engine.run('CREATE OR REPLACE TEMP TABLE staged (n BIGINT, t VARCHAR)')
        await bench.engine.appendRows(
          'staged',
          texts.map((value, i) => [i, value]),
        )
        await bench.engine.run(stagingSql(`SELECT n, t AS "a ""b"", c" FROM staged`, columns, format, path))
        const rows = await bench.engine.rows(stagedRelationSql(columns, format, path))
        expect(rows).toEqual(texts.map((value, n) => ({ n, 'a "b", c': value })))
      }),
      { numRuns: 40 },
    )
  })

  test('brings very long texts back', async () => {
    const path = join(bench.folder, `long-${format}`)
    const query = `SELECT 1::BIGINT AS n, repeat('"ñ', 3000000) AS "a ""b"", c"`
    await bench.engine.run(stagingSql(query, columns, format, path))
    expect(
      await bench.engine.scalar(
        `SELECT length("a ""b"", c") FROM (${stagedRelationSql(columns, format, path)})`,
      ),
    ).toBe(6_000_000)
  })

  test('brings no rows back from none', async () => {
    const path = join(bench.folder, `none-${format}`)
    await bench.engine.run(
      stagingSql(`SELECT 1::BIGINT AS n, '' AS "a ""b"", c" WHERE false`, columns, format, path),
    )
    expect(await bench.engine.rows(stagedRelationSql(columns, format, path))).toEqual([])
  })
})

test('mysql-text is what LOAD DATA is told: texts quoted, NULL bare, booleans 1 and 0', async () => {
  const path = join(bench.folder, 'told')
  const shape = [
    { name: 't', type: { kind: 'text', maxLength: undefined } as const },
    { name: 'b', type: { kind: 'boolean' } as const },
    { name: 's', type: { kind: 'timestamp' } as const },
    { name: 'w', type: { kind: 'timestamp', fraction: false } as const },
  ]
  await bench.engine.run(
    stagingSql(
      `SELECT 'say "NULL"' AS t, true AS b, TIMESTAMP '2013-02-28 10:20:30.5' AS s, TIMESTAMP_S '2013-02-28 10:20:30' AS w
       UNION ALL SELECT NULL, NULL, NULL, NULL`,
      shape,
      'mysql-text',
      path,
    ),
  )
  expect(await readFile(path, 'utf8')).toBe(
    '"say ""NULL""",1,2013-02-28 10:20:30.5,2013-02-28 10:20:30\nNULL,NULL,NULL,NULL\n',
  )
})
