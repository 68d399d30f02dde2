import fc from 'fast-check'
import { expect, test } from 'vitest'
import { item, name, referenceDate, sql } from '../pipeline/sql.ts'
import { duckdbQuoting } from './duckdb/quote.ts'
import { FACTS, openTestEngine } from './duckdb/judge-rows.test-kit.ts'
import { fillSql, type ItemFacts } from './fill-sql.ts'

const filled = (text: ReturnType<typeof sql>, facts: Partial<ItemFacts> = {}): string =>
  fillSql(text, { ...FACTS, ...facts }, duckdbQuoting)

test('text stays as written, values and names are quoted, SQL is spliced in', () => {
  const inner = sql`max(${name('a "b"')})`
  expect(filled(sql`SELECT ${inner}, ${"it's"}, ${5}, ${1.5}, ${true}, ${null} FROM valid`)).toBe(
    `SELECT max("a ""b"""), 'it''s', 5, 1.5, true, NULL FROM valid`,
  )
})

test('a negative number after a minus begins no comment', () => {
  expect(filled(sql`SELECT 3 -${-1}`)).toBe('SELECT 3 -(-1)')
})

test('what only the item knows comes quoted, the reference date as a date', () => {
  expect(filled(sql`${item.key} ${item.file} ${item.run}`, { item: "it's/a.csv" })).toBe(
    `'it''s/a.csv' 'a.csv' 'run-1'`,
  )
  expect(filled(sql`${item.sha256}${item.loadKey}`)).toBe(`'${FACTS.sha256}''${FACTS.load_key}'`)
  expect(filled(sql`${referenceDate}`)).toBe(`CAST('2013-02-28' AS DATE)`)
})

test('any value and name come back from the engine as they went in', async () => {
  await using bench = await openTestEngine()
  const noNul = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll('\0', '0'))
  await fc.assert(
    fc.asyncProperty(
      noNul,
      fc.oneof(noNul, fc.integer(), fc.boolean(), fc.constant(null)),
      async (column, value) => {
        expect(await bench.engine.rows(filled(sql`SELECT ${value} AS ${name(column)}`))).toEqual([
          { [column]: value },
        ])
      },
    ),
    { numRuns: 100 },
  )
})
