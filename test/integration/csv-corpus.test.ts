import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { CsvOptions } from '../../packages/cauce/src/formats/csv/csv-options.ts'
import { CsvReader, locateEvery, type ReadBack } from '../csv/read-back.ts'

const data = process.env['CAUCE_TEST_DATA'] ?? ''
const folder = join(data, 'csv-raro')
const hasData = data !== '' && existsSync(folder)

/** What the corpus says of a file, header counted as a record. */
interface Expected {
  readonly codificacion: string
  readonly bom: boolean
  readonly delimitador: string
  readonly comillas: string
  readonly registros_incl_cabecera: number
  readonly registros_vacios: number
  readonly anchos: Readonly<Record<string, number>>
  readonly sha256_contenido: string
}

/** What no look at the file can tell; the reasons are in docs/csv.md. */
const DECLARED: Readonly<Record<string, Partial<CsvOptions>>> = {
  'pollock/file_escape_char_0x5C.csv': { escape: '\\' },
  'messytables/weird_head_padding.csv': { delimiter: ',' },
  'github/shops.csv': { encoding: 'windows-1250' },
  'github/Speaking_Tool.csv': { encoding: 'macintosh' },
}

/** Records damaged on purpose, or read with a delimiter that is not theirs. */
const FLAGGED: Readonly<Record<string, number>> = {
  'pollock/file_multitable_less.csv': 1,
  'pollock/file_quotation_char_0x27.csv': 33,
  'pollock/row_extra_quote0_col0.csv': 1,
  'messytables/weird_head_padding.csv': 62,
}

const reader = new CsvReader()
afterAll(() => reader.close())

const state = hasData ? '' : ' [NOT RUN: CAUCE_TEST_DATA names no folder with csv-raro]'

describe.skipIf(!hasData)(`a difficult real file${state}`, () => {
  const corpus = hasData
    ? (JSON.parse(readFileSync(join(folder, 'esperado.json'), 'utf8')) as Readonly<Record<string, Expected>>)
    : {}

  test.each(Object.keys(corpus))('%s is read as its authors meant it, by every route', async (name) => {
    const expected = corpus[name] as Expected
    const columnCount = Math.max(...Object.keys(expected.anchos).map(Number))
    const natural = await reader.readFile(join(folder, name), { ...DECLARED[name], columnCount }, false)
    expectContent(natural, expected)
    expect(natural.prepared.flaggedRecords).toBe(FLAGGED[name] ?? 0)
    expect(natural.prepared.dialect).toMatchObject({
      delimiter: expected.delimitador,
      quote: expected.comillas,
      bom: expected.bom,
    })
    const unaided = await reader.prepare(join(folder, name), { ...DECLARED[name] }, false)
    expect(unaided.dialect).toEqual(natural.prepared.dialect)
    const located = await locateEvery(natural.prepared)
    expect(located.filter(({ undecodable }) => undecodable)).toEqual([])
    if (natural.prepared.route === 'rewritten') return
    expectContent(
      await reader.readFile(join(folder, name), { ...DECLARED[name], columnCount }, true),
      expected,
    )
    expect(await locateEvery(natural.prepared)).toEqual(located)
  })

  test('most of them need no rewriting', async () => {
    const routes: string[] = []
    for (const name of Object.keys(corpus))
      routes.push((await reader.prepare(join(folder, name), { ...DECLARED[name] }, false)).route)
    expect(routes).toHaveLength(48)
    expect(routes.filter((route) => route === 'direct').length).toBeGreaterThanOrEqual(32)
  })
})

function expectContent({ prepared, records }: ReadBack, expected: Expected): void {
  const widths: Record<string, number> = {}
  for (const record of records) widths[record.length] = (widths[record.length] ?? 0) + 1
  // As Python's json.dumps writes it: a space after each comma between elements.
  const text = `[${records.map((record) => `[${record.map((field) => JSON.stringify(field)).join(', ')}]`).join(', ')}]`
  expect({
    counted: prepared.records,
    blankLines: prepared.blankLines,
    widths,
    sha256: createHash('sha256').update(text).digest('hex'),
  }).toEqual({
    counted: expected.registros_incl_cabecera,
    blankLines: expected.registros_vacios,
    widths: expected.anchos,
    sha256: expected.sha256_contenido,
  })
}
