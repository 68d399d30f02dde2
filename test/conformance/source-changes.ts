import { randomBytes } from 'node:crypto'
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CauceError } from '../../packages/cauce/src/model/cauce-error.ts'
import type { Scene, SourceSystem } from './source-scene.ts'

export function changes(system: SourceSystem, scene: () => Scene): void {
  const changed = { code: 'SOURCE_CHANGED', class: 'system' }

  test('stat tells the present and the absent', async () => {
    const { source, put, path } = scene()
    await put('a.csv', 'abc')
    await mkdir(join(path, 'folder'))
    const { mtimeMs } = await stat(join(path, 'a.csv'))
    const modifiedMs = Math.floor(mtimeMs / system.timeUnitMs) * system.timeUnitMs
    expect(await source.stat('a.csv')).toEqual({ key: 'a.csv', sizeBytes: 3, modifiedMs })
    expect(await source.stat('b.csv')).toBeUndefined()
    expect(await source.stat('folder')).toBeUndefined()
  })

  test('a file that is gone, or another version than listed, is not taken', async () => {
    const { put, path, entryOf, fetch, spool } = scene()
    const file = await put('a.csv', 'first version')
    await utimes(file, 1_700_000_000, 1_700_000_000)
    const entry = await entryOf('a.csv')
    await utimes(file, 1_700_000_001, 1_700_000_001)
    await expect(fetch(entry)).rejects.toMatchObject(changed)
    await writeFile(file, 'second, longer version')
    await utimes(file, 1_700_000_000, 1_700_000_000)
    await expect(fetch(entry)).rejects.toMatchObject(changed)
    await rm(join(path, 'a.csv'))
    await expect(fetch(entry)).rejects.toMatchObject(changed)
    expect(await readdir(spool)).toEqual([])
  })

  test('a link out of the folder that took a file’s place is neither read nor removed', async () => {
    const { source, put, path, entryOf, fetch, spool } = scene()
    const file = await put('a.csv', 'inside')
    const entry = await entryOf('a.csv')
    const outside = `${path}-outside`
    try {
      await writeFile(outside, 'secret')
      await rm(file)
      await symlink(outside, file)
      await expect(fetch(entry)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', class: 'layout' })
      await expect(source.delete({ ...(await theFacts(outside)), key: 'a.csv' })).rejects.toMatchObject({
        code: 'FILE_UNREADABLE',
      })
      expect(await source.stat('a.csv')).toBeUndefined()
      expect(await readdir(path)).toEqual(['a.csv'])
      expect(await readdir(spool)).toEqual([])
    } finally {
      await rm(outside)
    }
  })

  test.each(Object.keys(WHILE_READ))('a file that %s while it is read is not taken', async (what) => {
    const { put, entryOf, fetch, spool } = scene()
    const file = await put('a.bin', randomBytes(12 * 1024 * 1024))
    await utimes(file, 1_700_000_000, 1_700_000_000)
    const entry = await entryOf('a.bin')
    let meddled = false
    const meddle = (): void => {
      if (!meddled) WHILE_READ[what]?.(file)
      meddled = true
    }
    await expect(fetch(entry, { onBytes: meddle })).rejects.toMatchObject(changed)
    expect(await readdir(spool)).toEqual([])
  })

  test('in 100 races with a writer no two versions are mixed', async () => {
    const { put, path, entryOf, fetch } = scene()
    const version = (number: number): Buffer => Buffer.alloc(200_000 + number, 0x41 + (number % 26))
    await put('a.bin', version(0))
    await fetch(await entryOf('a.bin'))
    const begin = performance.now()
    await fetch(await entryOf('a.bin'))
    const fetchMs = performance.now() - begin
    let taken = 0
    for (let race = 1; race <= 100; race++) {
      const entry = await entryOf('a.bin')
      const write = async (): Promise<void> => {
        // From the first moment to well after the end of an undisturbed fetch.
        await sleep((fetchMs * (race % 10)) / 4)
        await writeFile(join(path, 'a.bin'), version(race))
      }
      const [outcome] = await Promise.all([fetch(entry).then(readText, theError), write()])
      expect([version(race - 1).toString(), 'SOURCE_CHANGED']).toContain(outcome)
      if (outcome !== 'SOURCE_CHANGED') taken += 1
    }
    // Neither side always wins, or this proves nothing.
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThan(100)
  })
}

async function theFacts(path: string): Promise<{ sizeBytes: number; modifiedMs: number }> {
  const { size, mtimeMs } = await stat(path)
  return { sizeBytes: size, modifiedMs: Math.floor(mtimeMs) }
}

async function readText(fetched: { text(): Promise<string> }): Promise<string> {
  return fetched.text()
}

function theError(error: unknown): unknown {
  return error instanceof CauceError ? error.code : error
}

/** At once, between two pieces: what is started here and ends later may come too late. */
const WHILE_READ: Readonly<Record<string, (file: string) => void>> = {
  grows: (file) => appendFileSync(file, 'more'),
  'is cut short': (file) => truncateSync(file, 5_000_000),
  'is replaced by another of the same size': (file) => {
    writeFileSync(`${file}.new`, randomBytes(12 * 1024 * 1024))
    renameSync(`${file}.new`, file)
  },
  disappears: (file) => rmSync(file),
}
