import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseReport } from './parse-report.ts'
import { manyReports } from './many-reports.ts'
import { reportLines } from './report-lines.ts'
import { reportShape } from './report-shape.ts'
import { SAMPLES } from './samples.ts'
import { writeReports } from './write-reports.ts'

const committed = new URL('../entrada/', import.meta.url).pathname
const folder = await mkdtemp(join(tmpdir(), 'cauce-samples-'))
const realFolder = process.env['CAUCE_TEST_DATA']

afterAll(async () => rm(folder, { recursive: true, force: true }))

async function texts(from: string, ...names: readonly string[]): Promise<readonly string[]> {
  return Promise.all(names.map(async (name) => readFile(join(from, `report_${name}.txt`), 'utf8')))
}

test('the generator makes the committed samples again, byte for byte', async () => {
  await writeReports(folder, SAMPLES)
  const names = (await readdir(folder)).toSorted()
  expect(names).toEqual((await readdir(committed)).toSorted())
  for (const name of names)
    expect(await readFile(join(folder, name)), name).toEqual(await readFile(join(committed, name)))
})

test('the samples are small, and each is special in its own way', async () => {
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = await texts(
    committed,
    '1',
    '2',
    '3',
    '4',
    '5',
  )
  expect((first + second + third + fourth + fifth).length).toBeLessThan(300_000)
  expect([first, second, third, fourth, fifth].map((text) => parseReport(text).header[1])).toEqual([
    'jk',
    'jyv',
    'fgh',
    'jk',
    'jyv',
  ])
  expect(new Set(parseReport(third).rows.map(({ fields }) => fields.length))).toEqual(new Set([14, 15, 16]))
  expect(new Set(parseReport(fourth).rows.map(({ fields }) => fields.length))).toEqual(new Set([16]))
  expect([first, second, third, fourth, fifth].map((text) => text.endsWith('\n'))).toEqual([
    true,
    true,
    true,
    true,
    false,
  ])
})

test('addresses in the samples lead nowhere: reserved domains and networks only', async () => {
  for (const text of await texts(committed, '1', '2', '4', '5'))
    for (const { fields } of parseReport(text).rows) {
      expect(fields[0]).toMatch(/@[a-z.]+\.(example|test|example\.(com|org|net))$|@example\.(com|org|net)$/)
      expect(fields[12]).toMatch(/^(-|((192\.0\.2|198\.51\.100|203\.0\.113)\.[0-9]{1,3},?)+)$/)
    }
})

test('a big set comes in pieces, with as many rows as asked for and the same for the same seed', () => {
  const set = { files: 2, rowsPerFile: 4_500, dirtyShare: 0.05, secondHeader: undefined, seed: 7 }
  for (const form of manyReports(set)) {
    const pieces = [...reportLines(form)]
    expect(pieces.length).toBe(3)
    expect(
      pieces
        .map(({ text }) => text)
        .join('')
        .split('\r\n').length,
    ).toBe(4_500 + 2)
    expect(pieces.reduce((sum, { broken }) => sum + broken, 0) / 4_500).toBeCloseTo(0.05, 1)
    expect([...reportLines(form)]).toEqual(pieces)
  }
})

test.skipIf(realFolder === undefined)(
  'the samples have the shape of the real files (needs CAUCE_TEST_DATA)',
  async () => {
    const real = join(realFolder ?? '', 'visitas/entrega_1')
    expect(reportShape(await texts(committed, '1', '2', '5'))).toEqual(
      reportShape(await texts(real, '7', '8')),
    )
    const sixteen = ['headers', 'lineEnds', 'widths']
    const [ours, theirs] = [reportShape(await texts(committed, '4')), reportShape(await texts(real, '6'))]
    for (const fact of sixteen) expect(ours[fact], fact).toEqual(theirs[fact])
  },
)
