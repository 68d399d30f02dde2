import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { LocatedRecord } from '../csv/locate-records.ts'
import { prepareJson, type PreparedJson } from './prepare-json.ts'

const folder = mkdtempSync(join(tmpdir(), 'cauce-json-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function prepare(
  text: string,
  kind: 'lines' | 'document',
  path: readonly string[],
): Promise<PreparedJson> {
  writeFileSync(join(folder, 'a'), text)
  return prepareJson(join(folder, 'a'), folder, { file: 'a', kind, path, columns: 'all' })
}

async function all(prepared: PreparedJson): Promise<readonly LocatedRecord[]> {
  const found: LocatedRecord[] = []
  for await (const one of prepared.locate(Array.from({ length: prepared.records }, (_, i) => i + 1)))
    found.push(one)
  return found
}

const record = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), {
  noNullPrototype: true,
  maxKeys: 5,
})

/** The three ways records can be laid out, and where they are. */
const LAYOUTS = [
  ['lines', [], (records: readonly string[]) => records.join('\r\n\n')],
  ['document', [], (records: readonly string[]) => `\n[ ${records.join(' ,\n')} ]\n`],
  [
    'document',
    ['a', 'b'],
    (records: readonly string[]) => `{"x":"]}","a":{"z":[{}],"b":[${records.join(',')}],"y":"{"}}`,
  ],
] as const

test('every record is found, and found again, in every layout', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 150 }), async (records) => {
      const texts = records.map((one) => JSON.stringify(one))
      for (const [kind, path, write] of LAYOUTS) {
        const prepared = await prepare(write(texts), kind, path)
        expect(prepared.records).toBe(texts.length)
        expect((await all(prepared)).map(({ raw }) => raw)).toEqual(texts)
      }
    }),
    { numRuns: 30 },
  )
})

test('records that lie across the pieces a file is read in are whole', async () => {
  const texts = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ id: i, t: '"\\ñ€'.repeat(5000 + i * 137) }),
  )
  for (const [kind, path, write] of LAYOUTS) {
    const prepared = await prepare(write(texts), kind, path)
    expect(prepared.records).toBe(texts.length)
    const found = await all(prepared)
    expect(found.every(({ raw }, i) => raw === texts[i])).toBe(true)
    expect(readFileSync(join(folder, 'rows.csv'), 'utf8').split('\n')[39]).toContain('"39"')
  }
})

test('lines are counted by the file, not by the records', async () => {
  const prepared = await prepare('\n\n[{"a":\n1},\n\n{"a":2}, {"a":3}]', 'document', [])
  expect((await all(prepared)).map(({ record: number, line }) => [number, line])).toEqual([
    [1, 3],
    [2, 6],
    [3, 6],
  ])
})
