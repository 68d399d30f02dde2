import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { integer, text } from '../../pipeline/columns.ts'
import { check, contract, type Contract } from '../../pipeline/contract.ts'
import { sql } from '../../pipeline/sql.ts'
import { judgeRows, openTestEngine, type JudgedRow, type TestRow } from './judge-rows.test-kit.ts'

let bench: Awaited<ReturnType<typeof openTestEngine>>
beforeAll(async () => {
  bench = await openTestEngine()
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
})

const judge = async (
  declared: Contract<unknown>,
  rows: readonly (readonly string[])[],
): Promise<readonly JudgedRow[]> =>
  judgeRows(
    bench.engine,
    declared,
    rows.map((fields) => ({ fields })),
  )

const codesOfRows = async (
  declared: Contract<unknown>,
  rows: readonly (readonly string[])[],
): Promise<readonly (readonly string[])[]> => (await judge(declared, rows)).map(({ codes }) => codes)

describe('rows against each other', () => {
  test('unique: the first valid occurrence is valid, later ones are rejects; null repeats freely', async () => {
    const declared = contract('c', { id: integer().nullable().unique(), n: integer() })
    expect(
      await codesOfRows(declared, [
        ['1', 'x'],
        ['1', '1'],
        ['01', '2'],
        ['', '3'],
        ['', '4'],
        ['2', '5'],
      ]),
    ).toEqual([['n:not_an_integer'], [], ['id:repeated'], [], [], []])
  })
  test('unique as a warning', async () => {
    const rows = await judge(contract('c', { id: text().unique().warn() }), [['a'], ['A'], ['a']])
    expect(rows.map(({ codes, warnings }) => [codes, warnings])).toEqual([
      [[], []],
      [[], []],
      [[], ['id:repeated']],
    ])
  })
  test('two unique columns are compared with every row that keeps the other rules', async () => {
    const declared = contract('c', { a: text().unique(), b: text().unique() })
    expect(
      await codesOfRows(declared, [
        ['1', '1'],
        ['1', '2'],
        ['2', '2'],
      ]),
    ).toEqual([[], ['a:repeated'], ['b:repeated']])
  })
  test('repeated rows: equal in every column, null equal to null', async () => {
    const columns = { a: text(), b: integer().nullable() }
    const rows = [
      ['x', ''],
      ['x', ''],
      ['x', '1'],
      ['x', '01'],
      ['peña', '1'],
      ['pena', '1'],
    ]
    expect(await codesOfRows(contract('c', columns, { repeatedRows: 'error' }), rows)).toEqual([
      [],
      ['row:repeated'],
      [],
      ['row:repeated'],
      [],
      [],
    ])
    const warned = await judge(contract('c', columns, { repeatedRows: 'warning' }), rows)
    expect(warned.filter(({ warnings }) => warnings.length > 0)).toHaveLength(2)
    expect(
      (await judge(contract('c', columns), rows)).every(
        ({ codes, warnings }) => codes.length + warnings.length === 0,
      ),
    ).toBe(true)
  })
})

describe('the shape of a row', () => {
  const declared = contract('c', { a: integer(), b: integer() }, { checks: [check('never', sql`false`)] })
  const shape = async (rows: readonly TestRow[]): Promise<readonly (readonly string[])[]> =>
    (await judgeRows(bench.engine, declared, rows)).map(({ codes }) => codes)

  test('too few, too many and flagged rows are not judged further', async () => {
    expect(
      await shape([
        { fields: ['x'] },
        { fields: ['x', 'y', 'z'] },
        { fields: ['x', 'y'], flags: 1 },
        { fields: ['x', 'y'], flags: 2 },
        { fields: ['x', 'y'], flags: 4 },
        { fields: ['1', ''] },
        { fields: ['1', '2', ''] },
      ]),
    ).toEqual([
      ['row:too_few_columns'],
      ['row:too_many_columns'],
      ['row:bad_quotes'],
      ['row:nul_byte'],
      ['row:undecodable_bytes'],
      ['b:missing'],
      ['row:too_many_columns'],
    ])
  })
  test('everything that is wrong with it is told', async () => {
    expect(await shape([{ fields: ['x'], flags: 7 }])).toEqual([
      ['row:too_few_columns', 'row:bad_quotes', 'row:nul_byte', 'row:undecodable_bytes'],
    ])
  })
  test('rows that cannot be trusted take no part in comparisons', async () => {
    const unique = contract('c', { a: text().unique() }, { repeatedRows: 'error' })
    const rows = await judgeRows(bench.engine, unique, [{ fields: ['1'], flags: 1 }, { fields: ['1'] }])
    expect(rows.map(({ codes }) => codes)).toEqual([['row:bad_quotes'], []])
  })
})
