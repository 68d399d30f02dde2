import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileGlob } from '../../connectors/compile-glob.ts'
import { copySource } from './copy-source.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cauce-copy-'))
  mkdirSync(join(folder, 'in'))
  writeFileSync(join(folder, 'in/odd [1].csv'), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['s3://bucket/x/*.csv', 's3://bucket/x/', '*.csv'],
  ['s3://bucket/x/**/*.{csv,json}', 's3://bucket/x/', '**/*.{csv,json}'],
  ['s3://bucket/x/', 's3://bucket/x/', '**/*'],
  ['s3://bucket/', 's3://bucket/', '**/*'],
  [
    's3://bucket/x/a.csv?endpoint=http://127.0.0.1:9000',
    's3://bucket/x/?endpoint=http://127.0.0.1:9000',
    'a.csv',
  ],
  ['sftp://ana@host:22/in/report_*.txt', 'sftp://ana@host:22/in/', 'report_*.txt'],
  ['in/*.csv', 'in', '*.csv'],
  ['*.csv', '.', '*.csv'],
  ['/abs/*/a.csv', '/abs', '*/a.csv'],
  ['in', 'in', '**/*'],
])('%s is the folder %s and in it %s', async (from, location, pattern) => {
  expect(await copySource(from, folder)).toEqual({ location, pattern })
})

test('a file that is there is that file, whatever signs its name has', async () => {
  const { location, pattern } = await copySource('in/odd [1].csv', folder)
  expect(location).toBe('in')
  expect(compileGlob(pattern).matches('odd [1].csv')).toBe(true)
  expect(compileGlob(pattern).matches('odd 1.csv')).toBe(false)
})

test('a path that is neither there nor a pattern is refused by name', async () => {
  await expect(copySource('in/none.csv', folder)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    details: { detail: 'there is no file or folder "in/none.csv"' },
  })
})
