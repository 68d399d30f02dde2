import { expect, expectTypeOf, test } from 'vitest'
import {
  after,
  append,
  boolean,
  check,
  contract,
  cron,
  csv,
  date,
  decimal,
  email,
  every,
  files,
  first,
  integer,
  json,
  loadReport,
  manual,
  oneOf,
  pipeline,
  rejects,
  replace,
  restarting,
  sql,
  text,
  timestamp,
  upsert,
  valid,
  type Row,
} from '../index.ts'

/*
 * What the editor knows about a declaration. `npm run types` proves it: a line that should be an error and is none fails there.
 * Run, all of it must pass: a declaration does nothing, and `check` says what is wrong with it.
 */

const visit = contract('visit', {
  who: email().lower(),
  badmail: oneOf('HARD', 'SOFT').nullable().warn(),
  level: oneOf('a', 'b').nullable().default('a'),
  sent: timestamp('dd/MM/yyyy HH:mm'),
  day: date().nullable(),
  opens: integer().min(0),
  price: decimal(12, 2),
  active: boolean(),
  extra: json().nullable(),
})

const base = { from: files('./in'), read: csv(), contract: visit, into: 'duckdb:./x.duckdb' } as const
const rows = append(valid)

test('a contract gives its row type', () => {
  expectTypeOf<Row<typeof visit>>().toEqualTypeOf<{
    readonly who: string
    readonly badmail: 'HARD' | 'SOFT' | null
    readonly level: 'a' | 'b'
    readonly sent: Date
    readonly day: Date | null
    readonly opens: number
    readonly price: string
    readonly active: boolean
    readonly extra: string | null
  }>()
})

test('good declarations are no errors', () => {
  expect(() => {
    pipeline('p', {
      ...base,
      tables: {
        rows,
        errors: append(rejects, { columns: { file: 'file', why: sql`codes[1]` } }),
        copy: replace(valid),
        byWho: upsert({
          key: 'who',
          from: valid,
          merge: { opens: restarting('year', 'sent'), day: 'max', price: first('sent') },
          detail: 'rows',
        }),
        byQuery: upsert({ key: ['a', 'b'], from: sql`SELECT …`, merge: { c: 'sum' } }),
      },
      report: loadReport('log', { item: 'item', now: sql`now()` }, { language: 'es' }),
      states: { ready: 'COMPLETADO' },
    })
  }).not.toThrow()
})

test('names of tables and columns are known', () => {
  expect(() => {
    pipeline('p', {
      ...base,
      // @ts-expect-error: there is no table "row"
      tables: { rows, t: upsert({ key: 'who', from: valid, merge: { opens: 'sum' }, detail: 'row' }) },
    })
    pipeline('p', {
      ...base,
      // @ts-expect-error: the contract has no column "whom"
      tables: { rows, t: upsert({ key: 'whom', from: valid, merge: { opens: 'sum' } }) },
    })
    pipeline('p', {
      ...base,
      // @ts-expect-error: the contract has no column "clicks"
      tables: { rows, t: upsert({ key: ['who'], from: valid, merge: { clicks: 'sum' } }) },
    })
  }).not.toThrow()
})

test('words are known', () => {
  expect(() => {
    // @ts-expect-error: no way to merge
    upsert({ key: 'k', from: valid, merge: { n: 'add' } })
    // @ts-expect-error: no period
    restarting('day', 'sent')
    // @ts-expect-error: rejects cannot be merged
    upsert({ key: 'k', from: rejects, merge: {} })
    // @ts-expect-error: rejects replace nothing
    replace(rejects)
    // @ts-expect-error: no field of a reject
    append(rejects, { columns: { a: 'reason' } })
    // @ts-expect-error: no field of the report
    loadReport('log', { item: 'name' })
    // @ts-expect-error: no layout
    csv({ layout: 'order' })
    // @ts-expect-error: no level
    check('x', sql`true`, { level: 'fatal' })
    // @ts-expect-error: no form of e-mail
    email({ form: 'strict' })
    // @ts-expect-error: no mark
    decimal(5, 2, { decimalMark: ';' })
    // @ts-expect-error: no state
    pipeline('p', { ...base, tables: { rows }, states: { done: 'HECHO' } })
    // @ts-expect-error: versions are refused, or replace one another
    pipeline('p', { ...base, tables: { rows }, versions: 'keep' })
  }).not.toThrow()
})

test('a pipeline has one rhythm, or two', () => {
  const discover = every('60s')
  const dispatch = every('5m')
  expect(() => {
    const nightly = pipeline('n', {
      ...base,
      tables: { rows },
      schedule: cron('0 2 * * *', { timezone: 'America/Mexico_City', missed: 'skip' }),
      overlap: 'queue',
    })
    pipeline('report', { ...base, tables: { rows }, schedule: after(nightly, { on: 'always' }) })
    pipeline('p', { ...base, tables: { rows }, discover, dispatch })
    pipeline('p', { ...base, tables: { rows }, discover: every('1h30m'), dispatch: manual() })
    // @ts-expect-error: one for everything beside one for each half
    pipeline('p', { ...base, tables: { rows }, schedule: manual(), discover, dispatch })
    // @ts-expect-error: a half without the other
    pipeline('p', { ...base, tables: { rows }, discover })
    // @ts-expect-error: only what does everything goes after another
    pipeline('p', { ...base, tables: { rows }, discover, dispatch: after('n') })
    // @ts-expect-error: a schedule is no text
    pipeline('p', { ...base, tables: { rows }, schedule: '0 2 * * *' })
    // @ts-expect-error: no unit
    every('60')
    // @ts-expect-error: under a second
    every('500ms')
    // @ts-expect-error: no policy
    cron('0 2 * * *', { missed: 'twice' })
    // @ts-expect-error: no policy
    pipeline('p', { ...base, tables: { rows }, overlap: 'wait' })
  }).not.toThrow()
})

test('what SQL cannot hold is an error', () => {
  expect(() => {
    // @ts-expect-error: a column is no value
    void sql`SELECT ${text()}`
    // @ts-expect-error: a date is written as text
    void sql`SELECT ${new Date(0)}`
  }).not.toThrow()
})

test('what must be said is asked for', () => {
  expect(() => {
    // @ts-expect-error: no destination
    pipeline('p', { from: files('./in'), read: csv(), contract: visit, tables: { rows } })
    // @ts-expect-error: no key
    upsert({ from: valid, merge: {} })
  }).not.toThrow()
})
