import { describe, expect, test } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { anyName } from '../pipeline/column.ts'
import {
  boolean,
  date,
  decimal,
  double,
  email,
  integer,
  ip,
  json,
  oneOf,
  text,
  time,
  timestamp,
  url,
  uuid,
} from '../pipeline/columns.ts'
import { check, contract, type Contract } from '../pipeline/contract.ts'
import { csv } from '../pipeline/csv.ts'
import { files } from '../pipeline/files.ts'
import type { Pipeline, PipelineOptions } from '../pipeline/pipeline.ts'
import { loadReport } from '../pipeline/report.ts'
import { name, sql } from '../pipeline/sql.ts'
import {
  append,
  first,
  last,
  rejects,
  replace,
  restarting,
  type Table,
  upsert,
  valid,
} from '../pipeline/tables.ts'
import { checkPlan } from './check-plan.ts'
import { compilePlan } from './compile-plan.ts'

type Options = PipelineOptions<Readonly<Record<string, Table>>>

const good: Options = {
  from: files('./in'),
  read: csv(),
  contract: contract('c', { id: integer(), day: date(), amount: decimal(12, 2), note: text().nullable() }),
  tables: { rows: append(valid), errors: append(rejects) },
  into: 'duckdb:./out.duckdb',
}

const planOf = (options: Partial<Options>, called = 'p'): Plan =>
  compilePlan({ kind: 'pipeline', name: called, options: { ...good, ...options } as Pipeline['options'] })

/** Every issue as `where: text`, in English; both languages must say something. */
function issuesOf(options: Partial<Options>, called?: string): readonly string[] {
  return checkPlan(planOf(options, called)).map(({ where, text: { en, es } }) => {
    expect(es).not.toBe('')
    expect(es).not.toBe(en)
    return `${where}: ${en}`
  })
}

const ofColumns = (columns: Contract<unknown>['columns'], read = csv()): readonly string[] =>
  issuesOf({ contract: contract('c', columns), read })

const ofTable = (table: Table): readonly string[] => issuesOf({ tables: { rows: append(valid), t: table } })

describe('nothing is held against', () => {
  test('a plain pipeline', () => expect(issuesOf({})).toEqual([]))

  test('every column with every modifier that suits it', () => {
    expect(
      ofColumns({
        a: text()
          .nullable()
          .trim()
          .lower()
          .length({ min: 1, max: 9 })
          .pattern(/^\(?[0-9]{3}\)?-[a-z\d\](?]+$/),
        b: email({ form: 'rfc5322', blanksAround: true }).unique(),
        c: integer().min(-5).max('9223372036854775807').default('+7'),
        d: decimal(5, 2, { decimalMark: ',', thousandsMark: '.' }).min(0.01).max('999.99').default('1,5'),
        e: double().min(-1e-7).max(1e300).default('1e3'),
        f: boolean().default('SÍ'),
        g: date('dd/MM/yyyy').min('2000-02-29').default('29/02/2024'),
        h: timestamp('dd/MM/yyyy HH:mm')
          .min('2000-01-01')
          .max('2100-01-01T00:00')
          .default('28/02/2013 23:59'),
        i: time('HH:mm').max('23:59:59').default('00:00'),
        j: uuid().default('0f8fad5b-d9cb-469f-a165-70867728950e'),
        k: oneOf('x', 'y').default('y').warn(),
        l: json().default('{}'),
        m: url().default('http://x'),
        n: ip().default('::1').code('IP'),
      }),
    ).toEqual([])
  })

  test('tables of every kind', () => {
    expect(
      issuesOf({
        tables: {
          rows: append(valid, { technicalColumns: false }),
          errors: append(rejects, { columns: { file: 'file', why: sql`len(codes)` } }),
          latest: replace(sql`SELECT 1 AS a`),
          byId: upsert({
            key: ['id'],
            from: valid,
            merge: { day: 'max', amount: restarting('year', 'day'), note: last('day') },
            detail: 'rows',
          }),
          bySql: upsert({ key: 'k', from: sql`SELECT 1 AS k, 2 AS n`, merge: { n: first('k') } }),
        },
        report: loadReport('log'),
      }),
    ).toEqual([])
  })

  test('headers that differ in case, and the same header twice by position', () => {
    expect(ofColumns({ a: text().from('Id'), b: text().from('ID') })).toEqual([])
    expect(ofColumns({ a: text().from('x'), b: text().from('x') }, csv({ layout: 'position' }))).toEqual([])
    expect(ofColumns({ a: text().from(anyName('x')) }, csv({ layout: 'position' }))).toEqual([])
  })
})

describe('the pipeline', () => {
  test.each(['', 'a b', '../x', '9x', 'a'.repeat(101)])('cannot be called "%s"', (called) => {
    expect(issuesOf({}, called)).toEqual([
      expect.stringMatching(/^name: ".*" cannot be a pipeline's name; use letters/s),
    ])
  })
  test('has columns and tables', () => {
    expect(issuesOf({ contract: contract('c', {}), tables: {} })).toEqual([
      'contract: has no columns; give it at least one',
      'tables: names no table; give it at least one',
    ])
  })
  test('has positive limits', () => {
    expect(issuesOf({ limits: { memoryMb: 0, itemTimeoutSeconds: -1, maxUnpackedBytes: 1.5 } })).toEqual([
      'limits.memoryMb: 0 will not do; write a whole number from 1',
      'limits.itemTimeoutSeconds: -1 will not do; write a whole number from 1',
      'limits.maxUnpackedBytes: 1.5 will not do; write a whole number from 1',
    ])
    expect(
      issuesOf({ limits: { connections: { source: 0, destination: 2.5 }, items: -1 }, retry: { days: -1 } }),
    ).toEqual([
      'limits.items: -1 will not do; write a whole number from 1',
      'limits.connections.source: 0 will not do; write a whole number from 1',
      'limits.connections.destination: 2.5 will not do; write a whole number from 1',
      'retry.days: -1 will not do; write a whole number from 0',
    ])
  })
  test('reads with characters that can play their part', () => {
    expect(
      issuesOf({ read: csv({ delimiter: '||', quote: '', escape: 'ñ', skipLines: -1 }) }).map(
        (said) => said.split(':')[0],
      ),
    ).toEqual(['read.delimiter', 'read.quote', 'read.escape', 'read.skipLines'])
    expect(issuesOf({ read: csv({ delimiter: '"', quote: '"' }) })).toEqual([
      'read.delimiter: cannot also be the quote or the escape; write another character for one of them',
    ])
  })
  test('holds no NUL anywhere', () => {
    const found = issuesOf({
      from: files('./in', 'a\0*'),
      read: csv({ nulls: ['\0'] }),
      contract: contract(
        'c',
        { a: text().from('x\0').default('\0'), 'b\0': oneOf('\0') },
        { checks: [check('k', sql`a = '\0'`)] },
      ),
      tables: { 't\0': append(valid), e: append(rejects, { columns: { 'f\0': 'file' } }) },
      report: loadReport('r\0'),
      tags: ['\0'],
    })
    expect(new Set(found.map((said) => said.split(':')[0]))).toEqual(
      new Set([
        'from',
        'read',
        'contract.a',
        'contract.b\0',
        'contract.row',
        'tables.t\0',
        'tables.e',
        'report',
        'tags',
      ]),
    )
    expect(found.every((said) => said.endsWith('take it out'))).toBe(true)
  })
})

describe('columns', () => {
  test('have names of their own', () => {
    expect(ofColumns({ '': text(), _x: text(), rowid: text(), a: text(), A: text() })).toEqual([
      "contract.: a column's name is empty; give it one and say .from('') for a header without text",
      "contract._x: names that begin with _ are ours; take another and say .from('_x')",
      `contract.rowid: "rowid" is the engine's own name for a row's number; take another and say .from('rowid')`,
      'contract.A: differs from another column in case only, and databases take them for one; rename one of them',
    ])
  })
  test('are found by headers of their own', () => {
    expect(
      ofColumns({ a: text().from('x', ['y']), b: text().from('z', ['x']), c: text().from(' z ') }),
    ).toEqual([
      `contract.b.from: "x" is the header of another column too; by name each column needs its own, or say layout: 'position'`,
      'contract.c.from: " z " has blanks around it and is never found, for headers are compared without; write "z"',
    ])
    expect(ofColumns({ a: text().from(anyName('x')) })).toEqual([
      "contract.a.from: anyName() finds a column by its place, so it needs read: csv({ layout: 'position' })",
    ])
  })
  test.each([
    [date('DD/MM/YYYY'), '"DD/MM/YYYY" is not a date format'],
    [date('MM/yyyy'), '"MM/yyyy" is not a date format'],
    [timestamp('dd/MM/yyyy'), '"dd/MM/yyyy" is not a timestamp format'],
    [timestamp('HH:mm'), '"HH:mm" is not a timestamp format'],
    [time('HH'), '"HH" is not a time format'],
    [date('dd/dd/yyyy MM'), 'is not a date format'],
    [decimal(0, 0), 'a decimal has 1 to 38 digits'],
    [decimal(39, 2), 'a decimal has 1 to 38 digits'],
    [decimal(5, 6), 'a decimal has 1 to 38 digits'],
    [decimal(5, -1), 'a decimal has 1 to 38 digits'],
    [decimal(5, 2, { thousandsMark: '.' }), 'cannot be the mark of decimals and of thousands'],
    [boolean([], ['no']), 'a boolean needs words for both'],
    [boolean(['X'], ['x']), '"X" means true and false; leave it in one list'],
    [oneOf(), 'allows no value'],
    [integer().min(2.5), '"2.5" is no bound for a column of type integer; write a value of it, such as 5'],
    [integer().max('9223372036854775808'), 'is no bound for a column of type integer'],
    [integer().max(Number.NaN), '"NaN" is no bound'],
    [decimal(5, 2).min(0.005), '"0.005" is no bound for a column of type decimal'],
    [decimal(5, 2).max(1000), '"1000" is no bound'],
    [double().max(Infinity), '"Infinity" is no bound'],
    [
      date().min('2024-02-30'),
      '"2024-02-30" is no bound for a column of type date; write a value of it, such as 2024-01-31',
    ],
    [date().min('31/01/2024'), '"31/01/2024" is no bound'],
    [timestamp().min('2024-01-01 25:00'), 'is no bound for a column of type timestamp'],
    [time().min('9:00'), 'is no bound for a column of type time'],
    [text().min(5), '"5" is no bound for a column of type text; only numbers, dates and times have bounds'],
    [integer().min(5).max(4), 'no value lies between 5 and 4'],
    [decimal(5, 2).min('1.5').max('1.49'), 'no value lies between 1.5 and 1.49'],
    [double().min(0.2).max(0.1), 'no value lies between 0.2 and 0.1'],
    [date().min('2024-02-01').max('2024-01-31'), 'no value lies between 2024-02-01 and 2024-01-31'],
    [text().length({ min: 5, max: 4 }), 'no value lies between 5 and 4'],
    [text().length({}), 'needs whole numbers'],
    [text().length({ max: 0 }), 'needs whole numbers'],
    [text().length({ min: -1 }), 'needs whole numbers'],
    [text().length({ max: 1.5 }), 'needs whole numbers'],
    [text().pattern('('), '(it is not a valid regular expression); write it without'],
    [text().pattern('(?=a)a'), '(look-around, flags and named groups); write it without'],
    [text().pattern(/a/i), '(look-around, flags and named groups)'],
    [text().pattern(/(?<x>a)/), '(look-around, flags and named groups)'],
    [text().pattern(/(a)\1/), '(back-references)'],
    [text().pattern('a++'), 'regular expression'],
    [text().pattern(/\bword/), '(escapes other than \\d \\w \\s and signs)'],
    [text().pattern(/\p{L}/u), '(escapes other than \\d \\w \\s and signs)'],
    [text().pattern(/[a[b]/), '(classes within classes)'],
    [text().pattern('[]a'), '(empty classes)'],
    [integer().default('1e3'), '"1e3" itself breaks x:not_an_integer'],
    [date('dd/MM/yyyy').default('31/02/2024'), '"31/02/2024" itself breaks x:not_a_date'],
    [timestamp().default('2024-01-01'), 'breaks x:not_a_timestamp'],
    [time().default('24:00:00'), 'breaks x:not_a_time'],
    [decimal(4, 2).default('100'), 'breaks x:not_a_decimal'],
    [double().default('1e999'), 'breaks x:not_a_number'],
    [boolean().default('maybe'), 'breaks x:not_a_boolean'],
    [uuid().default('x'), 'breaks x:not_a_uuid'],
    [json().default('[1,]'), 'breaks x:not_json'],
    [email().default('nobody'), '"nobody" itself breaks x:invalid'],
    [oneOf('a').default('b').code('A'), '"b" itself breaks A'],
    [text().length({ max: 2 }).default('ñañ'), 'breaks x:length'],
    [integer().code('a|b'), '"a|b" cannot be a rule\'s code'],
    [integer().code(''), '"" cannot be a rule\'s code'],
  ])('%# is refused: %s', (column, said) => {
    const found = ofColumns({ x: column })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(said)
    expect(found[0]).toMatch(/^contract/)
  })
  test('no more than 62 rules of a level fit', () => {
    const columns = Object.fromEntries(Array.from({ length: 58 }, (_, i) => [`c${i}`, text()]))
    expect(ofColumns(columns)).toEqual([
      'contract: has 63 rules of level error, at most 62 fit; join some into one check',
    ])
  })
})

describe('checks', () => {
  const checked = (...checks: readonly ReturnType<typeof check>[]): readonly string[] =>
    issuesOf({ contract: contract('c', { a: integer() }, { checks, repeatedRows: 'error' }) })
  test('have names that no other rule has', () => {
    expect(
      checked(
        check('x', sql`true`),
        check('x', sql`true`),
        check('repeated', sql`true`),
        check('', sql`true`),
      ),
    ).toEqual([
      'contract.checks.x: another rule has this name; give the check one of its own',
      'contract.checks.repeated: another rule has this name; give the check one of its own',
      'contract: "row:" cannot be a rule\'s code; write a text without | and line ends',
    ])
  })
  test('of something undefined are refused where they are written', () => {
    expect(() => sql`a = ${undefined as unknown as string} AND b`).toThrow(
      'sql: the value after "a =" is undefined',
    )
  })
  test('hold nothing SQL cannot hold', () => {
    const odd = [Number.NaN, new Date(0), text(), name('')] as unknown as readonly string[]
    for (const value of odd) {
      const [said, ...others] = checked(check('x', sql`a = ${value}`))
      expect([others, said]).toEqual([
        [],
        expect.stringContaining('contract.row:x: the SQL holds ${…} of something'),
      ])
    }
  })
})

describe('tables', () => {
  const day = { day: 'max', note: 'replace', amount: 'sum' } as const
  test('have names of their own', () => {
    expect(
      issuesOf({ tables: { '': append(valid), cauce_x: append(valid), a: append(valid), A: append(valid) } }),
    ).toEqual([
      'tables.A: differs from another table in case only, and databases take them for one; rename one of them',
      "tables.: a table's name is empty; write one",
      'tables.cauce_x: tables that begin with cauce_ are ours; take another name',
    ])
  })
  test.each([
    [upsert({ key: [], from: sql`x`, merge: { a: 'sum' } }), 'tables.t.key: names no column'],
    [
      upsert({ key: 'id', from: valid, merge: { ...day, id: 'max' } }),
      'tables.t.key: id cannot be key and merged',
    ],
    [upsert({ key: ['k', 'K'], from: sql`x`, merge: {} }), 'tables.t.merge: "K" stands there twice'],
    [
      upsert({ key: 'k', from: sql`x`, merge: { a: 'sum', A: 'sum' } }),
      'tables.t.merge: "A" stands there twice',
    ],
    [upsert({ key: ' ', from: sql`x`, merge: {} }), 'tables.t.merge: a column has an empty name'],
    [
      upsert({ key: 'id', from: valid, merge: { n: 'sum' } }),
      'tables.t.merge.n: the contract has no column "n"; it has id, day, amount, note',
    ],
    [upsert({ key: 'who', from: valid, merge: day }), 'tables.t.key: the contract has no column "who"'],
    [
      upsert({ key: 'note', from: valid, merge: { id: 'max' } }),
      'tables.t.key: note is nullable, and a key must have a value',
    ],
    [
      upsert({ key: 'id', from: valid, merge: { note: 'sum' } }),
      'tables.t.merge.note: adds numbers, and the column is text',
    ],
    [
      upsert({ key: 'id', from: valid, merge: { note: last('when') } }),
      'tables.t.merge.note: the contract has no column "when"',
    ],
    [
      upsert({ key: 'id', from: valid, merge: { day: first('day') } }),
      'tables.t.merge.day: cannot be ordered by itself',
    ],
    [
      upsert({ key: 'k', from: sql`x`, merge: { n: restarting('year', 'day') } }),
      'tables.t.merge.n: restarts with the period, so the table needs `detail`',
    ],
    [
      upsert({ key: 'k', from: sql`x`, merge: { n: restarting('year', []) }, detail: 'rows' }),
      'tables.t.merge.n: names no column that dates a row',
    ],
    [
      upsert({ key: 'k', from: sql`x`, merge: { n: restarting('year', ['day', 'when']) }, detail: 'rows' }),
      'tables.t.merge.n: the contract has no column "when"',
    ],
    [
      upsert({ key: 'k', from: sql`x`, merge: { n: restarting('month', 'note') }, detail: 'rows' }),
      'tables.t.merge.n: note is text, and only a date or a timestamp dates a row',
    ],
    [
      upsert({ key: 'k', from: sql`x`, merge: { n: 'sum' }, detail: 'nowhere' }),
      'tables.t.detail: "nowhere" is not an append table of this pipeline; write rows',
    ],
    [
      upsert({ key: 'k', from: sql`x`, merge: { n: 'add' as 'sum' } }),
      `tables.t.merge.n: "add" is no way to merge; write 'min'`,
    ],
    [append(rejects, { columns: {} }), 'tables.t.columns: names no column'],
    [append(rejects, { columns: { a: 'file', A: 'raw' } }), 'tables.t.columns: "A" stands there twice'],
  ])('%# is refused: %s', (table, said) => {
    const found = ofTable(table)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(said)
  })
})

describe('the report', () => {
  test.each([
    [loadReport(''), 'report.table: has no name'],
    [loadReport('Rows'), 'report.table: "Rows" is a table of the pipeline; the report needs one of its own'],
    [loadReport('cauce_log'), 'report.table: tables that begin with cauce_ are ours'],
    [loadReport('log', { state: 'state' }), "report.columns: needs a column that holds 'item'"],
    [loadReport('log', { a: 'item', A: 'state' }), 'report.columns: "A" stands there twice'],
  ])('%# is refused: %s', (report, said) => {
    const found = issuesOf({ report })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(said)
  })
})
