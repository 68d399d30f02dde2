import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Source, SourceEntry } from '../source.ts'
import { openFilesSource } from './source.ts'

const quiet = new AbortController().signal
let base = ''
let folder = ''
let source: Source

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'cauce-files-'))
  folder = join(base, 'in')
  mkdirSync(folder)
  mkdirSync(join(base, 'spool'))
  source = await openFilesSource(folder)
})

afterEach(() => rmSync(base, { recursive: true }))

async function fetchText(entry: SourceEntry): Promise<string> {
  const toPath = join(base, 'spool/part')
  await source.fetch({ entry, toPath, onBytes: () => undefined, signal: quiet })
  return readFileSync(toPath, 'utf8')
}

async function only(pattern: string): Promise<SourceEntry> {
  const [entry, ...others] = await source.list(pattern, quiet)
  if (entry === undefined || others.length > 0) throw new Error(`${pattern} does not show one file`)
  return entry
}

test('names that are not UTF-8 are listed, fetched and deleted', async () => {
  const latin1 = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from('año.csv', 'latin1')])
  writeFileSync(latin1, 'latin')
  writeFileSync(join(folder, 'a\\xF1o.csv'), 'marked')
  writeFileSync(join(folder, 'año.csv'), 'utf')
  const entries = await source.list('*.csv', quiet)
  expect(entries.map(({ key }) => key)).toEqual(['a\\x5CxF1o.csv', 'a\\xF1o.csv', 'año.csv'])
  const texts: string[] = []
  for (const entry of entries) texts.push(await fetchText(entry))
  expect(texts).toEqual(['marked', 'latin', 'utf'])
  for (const entry of entries) await source.delete(entry)
  expect(readdirSync(folder)).toEqual([])
})

test('folders whose names are not UTF-8 are walked into', async () => {
  const inner = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])])
  mkdirSync(inner)
  writeFileSync(Buffer.concat([inner, Buffer.from('/a.csv')]), 'deep')
  const entry = await only('**/*.csv')
  expect(entry.key).toBe('\\xFF\\xFE/a.csv')
  expect(await fetchText(entry)).toBe('deep')
})

test('a link laid after the listing does not lead out of the folder', async () => {
  writeFileSync(join(folder, 'a.csv'), 'inside!')
  writeFileSync(join(base, 'secret'), 'outside')
  const entry = await only('*.csv')
  rmSync(join(folder, 'a.csv'))
  symlinkSync('../secret', join(folder, 'a.csv'))
  await expect(fetchText(entry)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', class: 'layout' })
  expect(await source.stat('a.csv')).toBeUndefined()
  expect(readdirSync(join(base, 'spool'))).toEqual([])
})

test('a folder swapped for a link to outside is not read, and nothing is deleted there', async () => {
  mkdirSync(join(folder, 'x'))
  writeFileSync(join(folder, 'x/a.csv'), 'text')
  const entry = await only('x/*.csv')
  renameSync(join(folder, 'x'), join(base, 'moved'))
  symlinkSync('../moved', join(folder, 'x'))
  await expect(fetchText(entry)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  await expect(source.delete(entry)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  expect(readdirSync(join(base, 'moved'))).toEqual(['a.csv'])
})

test('a pipe is not listed, and one that takes a file’s place is not waited for', async () => {
  writeFileSync(join(folder, 'a.csv'), 'text')
  const entry = await only('*')
  rmSync(join(folder, 'a.csv'))
  execFileSync('/usr/bin/mkfifo', [join(folder, 'a.csv')])
  expect(await source.list('*', quiet)).toEqual([])
  await expect(fetchText(entry)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test('a key from elsewhere does not reach out of the folder', async () => {
  writeFileSync(join(base, 'secret'), 'outside')
  expect(await source.stat('../secret')).toBeUndefined()
  const entry = { key: '../secret', sizeBytes: 7, modifiedMs: 0 }
  await expect(fetchText(entry)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  await expect(source.delete(entry)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  expect(readdirSync(base)).toContain('secret')
})

test('a source folder that is itself a link is the folder it leads to', async () => {
  writeFileSync(join(folder, 'a.csv'), 'text')
  symlinkSync('in', join(base, 'link'))
  source = await openFilesSource(`file://${join(base, 'link')}`)
  expect(await fetchText(await only('*'))).toBe('text')
})

test('a tree of links that lead to each other ends, and soon', async () => {
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) mkdirSync(join(folder, name))
  for (const from of names) for (const to of names) symlinkSync(`../${to}`, join(folder, from, to))
  writeFileSync(join(folder, 'a/x.csv'), 'x')
  const keys = (await source.list('**/*.csv', quiet)).map(({ key }) => key)
  expect(keys).toContain('a/x.csv')
  expect(keys).toContain('b/c/d/a/x.csv')
  expect(keys.every((key) => new Set(key.split('/')).size === key.split('/').length)).toBe(true)
})
