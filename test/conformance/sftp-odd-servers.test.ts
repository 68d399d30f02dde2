import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSource } from '../../packages/cauce/src/connectors/source-registry.ts'
import type { Fetched, Source, SourceEntry } from '../../packages/cauce/src/connectors/source.ts'
import { startOddServer, type OddServer } from './odd-sftp-server.ts'
import { quiet } from './source-scene.ts'

let spool = ''
const open: Source[] = []

beforeEach(async () => {
  spool = await mkdtemp(join(tmpdir(), 'cauce-spool-'))
})

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (source) => source.close()))
  await rm(spool, { recursive: true })
})

async function sourceOf(server: OddServer, options = ''): Promise<Source> {
  const source = await openSource(`${server.url}?hostkey=${server.fingerprints.ed25519}${options}`)
  open.push(source)
  return source
}

async function fetch(source: Source, entry: SourceEntry): Promise<Fetched> {
  return source.fetch({ entry, toPath: join(spool, 'part'), onBytes: () => undefined, signal: quiet })
}

const file = (name: string, content = 'x'): { name: string; content: string } => ({ name, content })

test('a server that gives less than asked for is asked again', async () => {
  const content = 'abcdefg'.repeat(30_000)
  await using server = await startOddServer({ files: [file('a.csv', content)], maxReadBytes: 9_973 })
  const source = await sourceOf(server)
  const [entry] = await source.list('*.csv', quiet)
  if (entry === undefined) throw new Error('nothing listed')
  const fetched = await fetch(source, entry)
  expect(fetched.sha256).toBe(createHash('sha256').update(content).digest('hex'))
  expect(await readFile(join(spool, 'part'), 'utf8')).toBe(content)
})

test('a listed name with a slash, which no file can have, ends the listing', async () => {
  await using server = await startOddServer({ files: [file('../../etc/passwd')] })
  await expect((await sourceOf(server)).list('**', quiet)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test('a server that tells no times cannot be a source', async () => {
  await using server = await startOddServer({ files: [file('a.csv')], withoutAttributes: true })
  await expect((await sourceOf(server)).list('*', quiet)).rejects.toThrow('does not tell the size and time')
})

describe('a server whose SFTP part hangs while SSH answers', () => {
  test.each(['OPENDIR', 'STAT', 'OPEN'] as const)('on %s is given up after the timeout', async (silentOn) => {
    await using server = await startOddServer({ files: [file('a.csv')], silentOn })
    const source = await sourceOf(server, '&timeout=1')
    const begin = performance.now()
    const work = {
      OPENDIR: async () => source.list('*', quiet),
      STAT: async () => source.stat('a.csv'),
      OPEN: async () => fetch(source, { key: 'a.csv', sizeBytes: 1, modifiedMs: 1_700_000_000_000 }),
    }
    await expect(work[silentOn]()).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringContaining('no answer for 1 s'),
    })
    expect(performance.now() - begin).toBeLessThan(1_900)
    expect(await readdir(spool)).toEqual([])
  })
})

describe('logging in', () => {
  test('a password is given to the single question of a keyboard-interactive server', async () => {
    await using server = await startOddServer({ files: [file('a.csv')], login: 'keyboard-interactive' })
    expect(await (await sourceOf(server)).list('*', quiet)).toHaveLength(1)
  })

  test('a second question is not answered', async () => {
    await using server = await startOddServer({ login: 'keyboard-interactive with a code' })
    await expect((await sourceOf(server)).list('*', quiet)).rejects.toMatchObject({ code: 'SOURCE_ACCESS' })
  })

  test('an account without SFTP is an access error', async () => {
    await using server = await startOddServer({ hasSftp: false })
    await expect((await sourceOf(server)).list('*', quiet)).rejects.toMatchObject({
      code: 'SOURCE_ACCESS',
      message: expect.stringContaining('no SFTP'),
    })
  })

  test('a pinned key of another type than the server prefers is found', async () => {
    await using server = await startOddServer({ files: [file('a.csv')] })
    const source = await openSource(`${server.url}?hostkey=${server.fingerprints.rsa}`)
    open.push(source)
    expect(await source.list('*', quiet)).toHaveLength(1)
  })

  test('no credential is shown to a server whose key is not the pinned one; all keys seen are named', async () => {
    await using server = await startOddServer()
    const source = await openSource(`${server.url}?hostkey=SHA256:${'A'.repeat(43)}`)
    open.push(source)
    const failure = await source.list('*', quiet).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'SOURCE_HOST_KEY', class: 'access' })
    expect(String(failure)).toContain(server.fingerprints.ed25519)
    expect(String(failure)).toContain(server.fingerprints.rsa)
    expect(server.tried).toEqual([])
  })
})
