import fc from 'fast-check'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readStagedText, StagedTextParser, type StagedRow } from './staged-text.ts'

const bare = fc.constantFrom('0', '-1.5', '2013-01-01 00:00:00', '1e308', 'true')
const text = fc.string({
  unit: fc.constantFrom('"', ',', '\n', '\r', 'N', 'ñ', '😀', '\\', ' ', 'x'),
  maxLength: 8,
})
const value = fc.oneof(
  fc.constant({ written: 'NULL', read: null }),
  bare.map((read) => ({ written: read, read })),
  fc.oneof(text, fc.constant('NULL')).map((read) => ({ written: `"${read.replaceAll('"', '""')}"`, read })),
)
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { maxLength: 8 }))

test('rows are read back wherever the pieces are cut', () => {
  fc.assert(
    fc.property(table, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (rows, sizes) => {
      const written = rows.map((row) => `${row.map((one) => one.written).join(',')}\n`).join('')
      const parser = new StagedTextParser()
      const found: StagedRow[] = []
      for (let at = 0, turn = 0; at < written.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1
        found.push(...parser.rows(written.slice(at, at + size)))
        at += size
      }
      parser.finish()
      expect(found).toEqual(rows.map((row) => row.map(({ read }) => read)))
    }),
  )
})

test('a file is read to its end, characters that lie across pieces among it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-staged-'))
  const path = join(folder, 'staged')
  const long = '😀ñ'.repeat(50_000)
  await writeFile(path, `"${long}",1\nNULL,"NULL"\n`)
  const rows = []
  for await (const row of readStagedText(path)) rows.push(row)
  expect(rows).toEqual([
    [long, '1'],
    [null, 'NULL'],
  ])
  await rm(folder, { recursive: true })
})

test.for(['"open\n', '1,2', '"x"y\n'])('%j is no staged file', (written) => {
  const parser = new StagedTextParser()
  expect(() => {
    parser.rows(written)
    parser.finish()
  }).toThrow(SyntaxError)
})
