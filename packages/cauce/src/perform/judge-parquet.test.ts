import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Engine } from '../engine/duckdb/open-engine.ts'
import { boolean, date, decimal, double, integer, json, text, time, timestamp } from '../pipeline/columns.ts'
import { contract } from '../pipeline/contract.ts'
import { csv } from '../pipeline/csv.ts'
import { ndjson } from '../pipeline/json-formats.ts'
import { parquet } from '../pipeline/parquet.ts'
import { verdictOn } from './judge-file.test-kit.ts'

/** A Parquet file of a query's rows. */
const parquetOf =
  (query: string) =>
  async (folder: string, engine: Engine): Promise<string> => {
    const path = join(folder, 'original.data')
    await engine.run(`COPY (${query}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`)
    return path
  }

const asText = async (value: string, column = text()): Promise<unknown> => {
  const { valid, rejects } = await verdictOn(
    parquetOf(`SELECT ${value} AS v`),
    'a.parquet',
    contract('c', { v: column }),
  )
  return valid[0]?.['v'] ?? rejects[0]?.codes
}

describe('Parquet', () => {
  test('a typed value reaches the contract as its column writes it', async () => {
    const asked = contract('c', {
      id: integer(),
      amount: decimal(12, 2, { decimalMark: ',' }),
      ratio: double(),
      day: date('dd/MM/yyyy'),
      at: timestamp('dd/MM/yyyy HH:mm'),
      precise: timestamp('yyyy-MM-dd HH:mm:ss.SSS'),
      hour: time('HH:mm'),
      yes: boolean(['S'], ['N']),
      code: text(),
      tags: json(),
      city: text().from('address.city'),
    })
    const { valid, rejects } = await verdictOn(
      parquetOf(`SELECT 17850.0::DOUBLE AS id, 1234.50::DECIMAL(12,2) AS amount, 1e-7::DOUBLE AS ratio,
        DATE '2024-01-31' AS day, TIMESTAMP '2024-01-31 10:20:00' AS at, TIMESTAMPTZ '2024-01-31 10:20:00.5+02' AS precise,
        TIME '10:20:00' AS hour, false AS yes, '007' AS code, [1, 2] AS tags, {'city': 'Lima', 'zip': 1} AS address`),
      'a.parquet',
      asked,
    )
    expect(rejects).toEqual([])
    expect(valid).toMatchObject([
      { id: 17850, amount: '1234.50', ratio: 1e-7, yes: false, code: '007', tags: '[1,2]', city: 'Lima' },
    ])
    const spelled = JSON.stringify(valid)
    for (const part of ['2024-01-31 10:20:00', '2024-01-31 08:20:00.5', '10:20:00'])
      expect(spelled).toContain(part)
  })

  test.each([
    ['1e20::DOUBLE', '100000000000000000000'],
    ['1.2345678901234568e17::DOUBLE', '123456789012345680'],
    ['1.5e-5::DOUBLE', '0.000015'],
    ['-0.0::DOUBLE', '0'],
    ['0.1::FLOAT', '0.1'],
    ['12.30::DECIMAL(10,2)', '12.3'],
    ['100::DECIMAL(10,0)', '100'],
    ['170141183460469231731687303715884105::DECIMAL(38,0)', '170141183460469231731687303715884105'],
    ["TIMESTAMP '2024-01-31 00:00:00'", '2024-01-31 00:00:00'],
    ["DATE '2024-01-31'", '2024-01-31'],
    ["TIMESTAMP_NS '2024-01-31 10:00:00.123456789'", '2024-01-31 10:00:00.123456789'],
    ["'a' || chr(0)", 'row:nul_byte'],
    ["''", ''],
    ['NULL::VARCHAR', 'v:missing'],
    ['true', 'true'],
  ])('as text, %s is %s', async (value, expected) => {
    expect(await asText(value)).toBe(expected)
  })

  test('what a column cannot hold whole is a reject, never cut', async () => {
    expect(await asText("TIMESTAMP '2024-01-31 10:20:30'", timestamp('dd/MM/yyyy HH:mm') as never)).toBe(
      'v:not_a_timestamp',
    )
    expect(await asText("TIMESTAMP '2024-01-31 10:20:30'", date() as never)).toBe('v:not_a_date')
    expect(await asText('1.5::DOUBLE', integer() as never)).toBe('v:not_an_integer')
    expect(await asText("'nan'::DOUBLE", double() as never)).toBe('v:not_a_number')
  })

  test('rejects tell their row as JSON, in order, over many row groups', async () => {
    const { records, valid, rejects } = await verdictOn(
      parquetOf(
        "SELECT range AS id, CASE WHEN range % 1000 = 7 THEN 'x' ELSE '1' END AS n FROM range(20_000)",
      ),
      'a.parquet',
      contract('c', { id: integer(), n: integer() }),
    )
    expect([records, valid.length]).toEqual([20_000, 19_980])
    expect(rejects.slice(0, 2)).toEqual([
      { record: 8, line: 8, codes: 'n:not_an_integer', raw: '{"id":7,"n":"x"}' },
      { record: 1008, line: 1008, codes: 'n:not_an_integer', raw: '{"id":1007,"n":"x"}' },
    ])
  })

  test('without a column the contract needs, or with one it does not know, it is refused', async () => {
    const asked = contract('c', { id: integer(), more: text().nullable() })
    await expect(verdictOn(parquetOf("SELECT 'x' AS more"), 'a.parquet', asked)).rejects.toThrow(
      'missing: id',
    )
    await expect(verdictOn(parquetOf('SELECT 1 AS id, 2 AS z'), 'a.parquet', asked)).rejects.toThrow(
      'unexpected: z',
    )
    const lax = await verdictOn(
      parquetOf('SELECT 2 AS z, 1 AS ID'),
      'a',
      asked,
      parquet({ unknownColumns: 'ignore' }),
    )
    expect(lax.valid).toEqual([{ id: 1, more: null }])
  })
})

describe('a file that is not what it is called or declared', () => {
  const asked = contract('c', { id: integer() })

  test('is read by what it is, and its name remarked on', async () => {
    const { valid, notes } = await verdictOn(parquetOf('SELECT 1 AS id'), 'a.csv', asked)
    expect(valid).toEqual([{ id: 1 }])
    expect(notes[0]?.en).toBe('called .csv, but it is parquet and was read as that')
    expect((await verdictOn('{"id":1}\n{"id":2}\n', 'a.txt', asked)).valid).toHaveLength(2)
    expect((await verdictOn('id\n1\n', 'a', asked)).valid).toHaveLength(1)
  })

  test.each([
    ['declared as CSV', parquetOf('SELECT 1 AS id'), csv(), 'it is declared as csv, but is parquet'],
    ['declared as NDJSON', parquetOf('SELECT 1 AS id'), ndjson(), 'it is declared as ndjson, but is parquet'],
    ['declared as Parquet', 'id\n1\n', parquet(), 'it is declared as parquet, but is text'],
    ['a cut Parquet file', 'PAR1 and no more', parquet(), 'it is no whole Parquet file'],
    ['a PDF', '%PDF-1.7 …', undefined, 'it is a PDF document'],
    ['called JSON', 'id\n1\n', undefined, 'begins with neither { nor ['],
  ] as const)('is refused with the reason: %s', async (_, content, read, detail) => {
    const judged = verdictOn(content, 'a.json', asked, read)
    await expect(judged).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    await expect(judged).rejects.toThrow(detail)
  })
})
