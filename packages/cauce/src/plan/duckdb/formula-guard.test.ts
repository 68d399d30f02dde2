import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { guardedSql, unguardedSql } from './formula-guard.ts'
import { openTestEngine } from './judge-rows.test-kit.ts'

let bench: Awaited<ReturnType<typeof openTestEngine>>
beforeAll(async () => {
  bench = await openTestEngine()
})
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
})

async function each(texts: readonly string[]): Promise<readonly { guarded: string; back: string }[]> {
  await bench.engine.run('CREATE OR REPLACE TEMP TABLE texts (n BIGINT, t VARCHAR)')
  await bench.engine.appendRows(
    'texts',
    texts.map((text, n) => [n, text]),
  )
  const rows = await bench.engine.rows(
    `SELECT g, ${unguardedSql('g')} AS back FROM (SELECT n, ${guardedSql('t')} AS g FROM texts) ORDER BY n`,
  )
  return rows.map((row) => ({ guarded: String(row['g']), back: String(row['back']) }))
}

test('what a spreadsheet would run gets an apostrophe, numbers do not', async () => {
  const texts = [
    '=1+1',
    '+1',
    '@a',
    '\tx',
    '\rx',
    '-2+3',
    '--',
    "'=1",
    '-5',
    '-5.20',
    '-',
    'a=b',
    '',
    "it's",
    "'a",
  ]
  expect((await each(texts)).map(({ guarded }) => guarded)).toEqual([
    "'=1+1",
    "'+1",
    "'@a",
    "'\tx",
    "'\rx",
    "'-2+3",
    "'--",
    "''=1",
    '-5',
    '-5.20',
    '-',
    'a=b',
    '',
    "it's",
    "'a",
  ])
})

test('guarded and unguarded, any text is what it was', async () => {
  const nasty = fc.string({
    unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '1', '.', 'a', 'ñ'),
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(nasty, fc.string({ unit: 'grapheme' })), { minLength: 1 }),
      async (texts) => {
        expect((await each(texts)).map(({ back }) => back)).toEqual(texts)
      },
    ),
    { numRuns: 100 },
  )
})
