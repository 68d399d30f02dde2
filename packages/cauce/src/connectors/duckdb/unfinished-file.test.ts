import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failure, loadVisits, scratch, visits, type Scratch } from './scratch-destination.test-kit.ts'

let here: Scratch

beforeEach(async () => {
  here = await scratch()
})

afterEach(async () => here.remove())

test.each([0, 4096, 8192, 12_287])(
  'a database whose making was cut after %i bytes is made again',
  async (bytes) => {
    await (await here.open()).prepare([visits])
    await truncate(here.path, bytes)
    const destination = await here.open()
    expect(await destination.findLoad('x')).toBeUndefined()
    expect(await loadVisits({ here, destination }, 'a', ['ana'], '2013-01-01')).toEqual({ kind: 'loaded' })
    expect(await readdir(here.folder)).toEqual(['it.duckdb', 'spool'])
  },
)

test.each(['a,b\n1,2\n', 'x'.repeat(5000)])('a small file of somebody else is left alone', async (text) => {
  await writeFile(here.path, text)
  const destination = await here.open()
  expect(await failure(destination.prepare([visits]))).toMatchObject({ code: 'CONFIG_INVALID' })
  expect(await readFile(here.path, 'utf8')).toBe(text)
})
