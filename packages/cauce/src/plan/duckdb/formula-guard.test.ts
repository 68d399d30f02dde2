import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { guardedSql, unguardedSql } from './formula-guard.ts'
import { quoteText } from './quote.ts'

/** Each text as it is shown, and as it comes back. */
async function shown(texts: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const given = texts.map((text, index) => `(${index}, ${quoteText(text)})`).join(', ')
  const rows = await connection.runAndReadAll(
    `SELECT guarded, ${unguardedSql('guarded')} FROM (SELECT position, ${guardedSql('text')} AS guarded FROM (VALUES ${given}) AS given (position, text)) ORDER BY position`,
  )
  const found = rows.getRows().map((row) => [String(row[0]), String(row[1])] as const)
  connection.closeSync()
  instance.closeSync()
  return found
}

test.each([
  '=1+1',
  '+52 55 1234',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '-1+cmd',
  '-x',
  '＝1+1',
  '－1',
  "'=1+1",
  "''-x",
])('%j is shown as a text that no spreadsheet runs, and comes back as it was', async (text) => {
  expect(await shown([text])).toEqual([[`'${text}`, text]])
})

test.each(['', '-', '-5', '-1.50', 'a=b', "o'clock", "'", "'quoted'", ' =1', '0'])(
  '%j is harmless and shown as it is',
  async (text) => {
    expect(await shown([text])).toEqual([[text, text]])
  },
)

test('whatever a text is, it comes back as it was, and nothing shown begins as a formula', async () => {
  const piece = fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '1', '.', 'a', ' ', '＝', 'é')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: piece, maxLength: 6 }), { minLength: 100 }),
      async (texts) => {
        const found = await shown(texts)
        expect(found.map(([, back]) => back)).toEqual(texts)
        for (const [guarded] of found) expect(guarded).not.toMatch(/^[=+@\t\r\n＝＋＠－]|^-(?![0-9.]*$)/)
      },
    ),
    { numRuns: 20 },
  )
})
