import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column } from '../../pipeline/column.ts'
import {
  boolean,
  date,
  decimal,
  double,
  email,
  integer,
  json,
  oneOf,
  text,
  time,
  timestamp,
} from '../../pipeline/columns.ts'
import { check, contract, type Contract } from '../../pipeline/contract.ts'
import { item, name, referenceDate, sql } from '../../pipeline/sql.ts'
import { compileContract } from '../compile-contract.ts'
import { codesOf, MASK_COUNTS_SQL } from './judge-sql.ts'
import { judgeRows, openTestEngine, type JudgedRow } from './judge-rows.test-kit.ts'

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
  options: { readonly nulls?: readonly string[]; readonly order?: readonly number[] } = {},
): Promise<readonly JudgedRow[]> =>
  judgeRows(
    bench.engine,
    declared,
    rows.map((fields) => ({ fields })),
    options,
  )

/** For each text: the value of the column, or its broken rules. */
async function one(
  column: Column<unknown>,
  texts: readonly string[],
  nulls: readonly string[] = [''],
): Promise<readonly unknown[]> {
  const rows = await judge(
    contract('c', { x: column }),
    texts.map((field) => [field]),
    { nulls },
  )
  return rows.map(({ codes, values }) => (codes.length > 0 ? codes : values['x']))
}

const codesOfRows = async (
  declared: Contract<unknown>,
  rows: readonly (readonly string[])[],
): Promise<readonly (readonly string[])[]> => (await judge(declared, rows)).map(({ codes }) => codes)

describe('missing values', () => {
  test('break `missing` and nothing else, unless the column is nullable or has a default', async () => {
    expect(await one(integer().min(1).max(2), [''])).toEqual([['x:missing']])
    expect(await one(integer().min(1).nullable(), ['', '0'])).toEqual([null, ['x:below_minimum']])
    expect(await one(integer().default('7'), ['', '8'])).toEqual(['7', '8'])
    expect(await one(integer().nullable().default('7'), [''])).toEqual(['7'])
  })
  test('are told by the texts of the file, or by the column’s own', async () => {
    expect(await one(text().nullable(), ['-', '', 'a', ' - '], ['', '-'])).toEqual([null, null, 'a', ' - '])
    expect(await one(text().nullable().nulls('N/A'), ['-', '', 'N/A'], ['', '-'])).toEqual(['-', '', null])
    expect(await one(text().nulls(), ['-', ''], ['', '-'])).toEqual(['-', ''])
    expect(await one(text().nullable().nulls("it's", 'a'), ["it's"])).toEqual([null])
    expect(await one(text().nullable().trim(), [' - '], ['-'])).toEqual([null])
  })
  test('are told before upper and lower case', async () => {
    expect(await one(text().nullable().upper(), ['na', 'NA'], ['na'])).toEqual([null, 'NA'])
  })
  test('a default is judged like any other text', async () => {
    expect(await one(oneOf('a', 'b').default('c'), [''])).toEqual([['x:not_allowed']])
  })
  test('a column the file does not have is null, or its default', async () => {
    const declared = contract('c', { a: text(), b: text().nullable(), d: integer().default('5') })
    const rows = await judge(declared, [['z', 'unused', 'unused']], { order: [0, -1, -1] })
    expect(rows).toEqual([{ codes: [], warnings: [], values: { a: 'z', b: null, d: '5' } }])
  })
})

describe('texts', () => {
  test('trim takes off white space of every kind, inside nothing', async () => {
    expect(await one(text().trim(), [' \t\n\r\f\v\u00a0a b\u00a0 '])).toEqual(['a b'])
    expect(await one(text(), [' a '])).toEqual([' a '])
    expect(await one(text().trim(), ['   '])).toEqual([['x:missing']])
  })
  test('lower and upper come before the rules', async () => {
    expect(await one(oneOf('peña', 'x').lower(), ['PEÑA', 'X'])).toEqual(['peña', 'x'])
    expect(
      await one(
        text()
          .upper()
          .pattern(/^[A-ZÑ]+$/),
        ['peña', 'p1'],
      ),
    ).toEqual(['PEÑA', ['x:pattern']])
  })
  test('length counts characters, not bytes', async () => {
    const column = text().length({ min: 2, max: 4 })
    expect(await one(column, ['ñ', 'peña', 'ñandú', '👨‍👩‍👧', '🙂🙂'])).toEqual([
      ['x:length'],
      'peña',
      ['x:length'],
      ['x:length'],
      '🙂🙂',
    ])
    expect(await one(text().length({ min: 2 }).nullable(), ['', 'a'])).toEqual([null, ['x:length']])
  })
  test('a pattern matches the whole text', async () => {
    expect(await one(text().pattern(/a|bc/), ['a', 'bc', 'abc', 'ac'])).toEqual([
      'a',
      'bc',
      ['x:pattern'],
      ['x:pattern'],
    ])
    expect(await one(text().pattern("^o'[a-z]+$"), ["o'hara", "xo'hara"])).toEqual(["o'hara", ['x:pattern']])
  })
  test('a value that is not of its type breaks that rule alone', async () => {
    const column = integer()
      .pattern(/[0-9]{1,3}/)
      .length({ max: 3 })
    expect(await one(column, ['12', '1234', 'many words', '9999999999999999999'])).toEqual([
      '12',
      ['x:pattern', 'x:length'],
      ['x:not_an_integer'],
      ['x:not_an_integer'],
    ])
  })
})

describe('bounds', () => {
  test('are inclusive, for every type that has them', async () => {
    expect(await one(integer().min(-1).max(2), ['-2', '-1', '2', '3'])).toEqual([
      ['x:below_minimum'],
      '-1',
      '2',
      ['x:above_maximum'],
    ])
    expect(await one(decimal(5, 2).min('0.05').max(9.5), ['0.04', '.05', '9.50', '9.51'])).toEqual([
      ['x:below_minimum'],
      '0.05',
      '9.50',
      ['x:above_maximum'],
    ])
    expect(await one(double().max(0.1), ['0.1', '0.10000000000000002'])).toEqual(['0.1', ['x:above_maximum']])
    expect(await one(date('dd/MM/yyyy').min('2013-02-01'), ['31/01/2013', '01/02/2013'])).toEqual([
      ['x:below_minimum'],
      '2013-02-01',
    ])
    expect(
      await one(timestamp('yyyy-MM-dd HH:mm').max('2013-02-28 10:00'), [
        '2013-02-28 10:00',
        '2013-02-28 10:01',
      ]),
    ).toEqual(['2013-02-28 10:00:00', ['x:above_maximum']])
    expect(await one(time('HH:mm').min('09:30'), ['09:29', '09:30'])).toEqual([
      ['x:below_minimum'],
      '09:30:00',
    ])
  })
  test('hold at the ends of 64 bits', async () => {
    expect(
      await one(integer().min('9223372036854775807'), ['9223372036854775806', '9223372036854775807']),
    ).toEqual([['x:below_minimum'], '9223372036854775807'])
  })
})

describe('levels and codes', () => {
  test('warn() turns value rules into warnings; a missing or unreadable value stays an error', async () => {
    const rows = await judge(contract('c', { x: integer().min(5).warn() }), [['1'], ['9'], ['z'], ['']])
    expect(rows.map(({ codes, warnings }) => [codes, warnings])).toEqual([
      [[], ['x:below_minimum']],
      [[], []],
      [['x:not_an_integer'], []],
      [['x:missing'], []],
    ])
  })
  test('code() names every rule of the column, and is told once', async () => {
    const declared = contract('c', {
      a: text()
        .length({ min: 3 })
        .pattern(/[a-z]+/)
        .code('A'),
      b: integer().code('A'),
      c: integer(),
    })
    expect(
      await codesOfRows(declared, [
        ['1', 'x', 'y'],
        ['', '1', '1'],
        ['abc', '', '1'],
      ]),
    ).toEqual([['A', 'c:not_an_integer'], ['A'], ['A']])
    const plan = compileContract(declared)
    expect(
      codesOf(plan, 'error')
        .map(({ code }) => code)
        .slice(-3),
    ).toEqual(['A', 'c:missing', 'c:not_an_integer'])
    const counted = await bench.engine.rows(MASK_COUNTS_SQL)
    const broken = counted.filter(({ errors }) => Number(errors) !== 0)
    expect(broken.reduce((sum, { rows }) => sum + Number(rows), 0)).toBe(3)
  })
  test('codes stand in the order of the columns, then unique values, repeated rows and checks', async () => {
    const declared = contract(
      'c',
      { b: integer().min(5), a: oneOf('x') },
      { checks: [check('never', sql`false`)] },
    )
    expect(
      await codesOfRows(declared, [
        ['1', 'y'],
        ['5', 'x'],
      ]),
    ).toEqual([['b:below_minimum', 'a:not_allowed'], ['row:never']])
  })
  test('without warnings declared, rejects are no warnings', async () => {
    const rows = await judge(contract('c', { x: integer() }), [['z']])
    expect(rows).toEqual([{ codes: ['x:not_an_integer'], warnings: [], values: { x: null } }])
  })
  test('62 rules of a level fit their mask', async () => {
    const columns = Object.fromEntries(Array.from({ length: 57 }, (_, i) => [`c${i}`, text()]))
    const declared = contract('c', columns)
    expect(compileContract(declared).rules).toHaveLength(62)
    const rows = await codesOfRows(declared, [Array.from({ length: 57 }, (_, i) => (i === 56 ? '' : 'a'))])
    expect(rows).toEqual([['c56:missing']])
  })
})

describe('checks', () => {
  const declared = (sqlText: ReturnType<typeof sql>, level: 'error' | 'warning' = 'error') =>
    contract('c', { a: integer().nullable(), b: integer() }, { checks: [check('rule', sqlText, { level })] })

  test('are broken when they are not true, NULL included', async () => {
    const rows = await codesOfRows(declared(sql`a > b`), [
      ['2', '1'],
      ['1', '1'],
      ['', '1'],
    ])
    expect(rows).toEqual([[], ['row:rule'], ['row:rule']])
  })
  test('are judged only where all columns hold', async () => {
    const rows = await judge(declared(sql`a > b`, 'warning'), [
      ['x', '1'],
      ['0', '1'],
    ])
    expect(rows.map(({ codes, warnings }) => [codes, warnings])).toEqual([
      [['a:not_an_integer'], []],
      [[], ['row:rule']],
    ])
  })
  test('that cannot be computed for a row reject that row, not the file', async () => {
    const rows = await codesOfRows(declared(sql`a + b > 0 -- both`), [
      ['9223372036854775807', '1'],
      ['1', '1'],
    ])
    expect(rows).toEqual([['row:rule'], []])
  })
  test('know the item, the reference date and quoted names and values', async () => {
    const odd = contract(
      'c',
      { 'a "b"': text(), d: date() },
      {
        checks: [
          check(
            'known',
            sql`${name('a "b"')} = ${"it's"} AND ${item.file} = 'a.csv' AND d <= ${referenceDate} AND 3 -${-1} = 4`,
          ),
        ],
      },
    )
    expect(
      await codesOfRows(odd, [
        ["it's", '2013-02-28'],
        ["it's", '2013-03-01'],
        ['its', '2013-02-28'],
      ]),
    ).toEqual([[], ['row:known'], ['row:known']])
  })
  test('may hold subqueries', async () => {
    expect(
      await codesOfRows(declared(sql`b IN (SELECT 1)`), [
        ['1', '1'],
        ['1', '2'],
      ]),
    ).toEqual([[], ['row:rule']])
  })
  test('columns may be called like anything of ours', async () => {
    const names = ['f0', 't0', 'v0', 'F1', 'input', 'valid', 'codes', 'record', 'select', 'código']
    const columns = Object.fromEntries(names.map((column) => [column, text()]))
    const rows = await judge(contract('c', columns), [names, names.map(() => '')])
    expect(rows[0]?.values).toEqual(Object.fromEntries(names.map((column) => [column, column])))
    expect(rows[1]?.codes).toEqual(names.map((column) => `${column}:missing`))
  })
})

test('whole-second moments stay whole seconds; json, booleans and e-mails keep their types', async () => {
  await judge(
    contract('c', {
      t: timestamp(),
      f: timestamp('yyyy-MM-dd HH:mm:ss.SSS'),
      j: json(),
      b: boolean(),
      e: email(),
    }),
    [],
  )
  expect((await bench.engine.columns('SELECT * FROM valid')).map(({ duckdbType }) => duckdbType)).toEqual([
    'TIMESTAMP_S',
    'TIMESTAMP',
    'JSON',
    'BOOLEAN',
    'VARCHAR',
    'BIGINT',
  ])
})
