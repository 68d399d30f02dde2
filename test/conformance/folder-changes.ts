import { randomBytes } from 'node:crypto'
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FolderScene, FolderSystem } from './folder-store.ts'
import { CHANGED } from './source-changes.ts'
import { quiet } from './source-scene.ts'

export function folderChanges(system: FolderSystem, scene: () => FolderScene): void {
  test('times are those of the disk, as fine as the system tells them', async () => {
    const { source, store } = scene()
    const time = new Date('2024-02-29T12:34:56.789Z')
    await store.put('a.csv', 'abc')
    await utimes(join(store.path, 'a.csv'), time, time)
    const modifiedMs = Math.floor(time.getTime() / system.timeUnitMs) * system.timeUnitMs
    const entry = { key: 'a.csv', sizeBytes: 3, modifiedMs }
    expect(await source.list('*', quiet)).toEqual([entry])
    expect(await source.stat('a.csv')).toEqual(entry)
  })

  test('another time, or another size at the same time, is another version', async () => {
    const { store, entryOf, fetch, spool } = scene()
    const file = join(store.path, 'a.csv')
    await store.put('a.csv', 'first version')
    await utimes(file, 1_700_000_000, 1_700_000_000)
    const entry = await entryOf('a.csv')
    await utimes(file, 1_700_000_001, 1_700_000_001)
    await expect(fetch(entry)).rejects.toMatchObject(CHANGED)
    await writeFile(file, 'second, longer version')
    await utimes(file, 1_700_000_000, 1_700_000_000)
    await expect(fetch(entry)).rejects.toMatchObject(CHANGED)
    expect(await readdir(spool)).toEqual([])
  })

  test('a file of the same size written later is not deleted', async () => {
    const { source, store, entryOf } = scene()
    const file = join(store.path, 'a.csv')
    await store.put('a.csv', 'loaded')
    await utimes(file, 1_700_000_000, 1_700_000_000)
    const entry = await entryOf('a.csv')
    await writeFile(file, 'LOADED')
    await expect(source.delete(entry)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(await readFile(file, 'utf8')).toBe('LOADED')
  })

  test.each(Object.keys(WHILE_READ))('a file that %s while it is read is not taken', async (what) => {
    const { store, entryOf, fetch, spool } = scene()
    const file = join(store.path, 'a.bin')
    await store.put('a.bin', randomBytes(12 * 1024 * 1024))
    await utimes(file, 1_700_000_000, 1_700_000_000)
    const entry = await entryOf('a.bin')
    let meddled = false
    const meddle = (): void => {
      if (!meddled) WHILE_READ[what]?.(file)
      meddled = true
    }
    await expect(fetch(entry, { onBytes: meddle })).rejects.toMatchObject(CHANGED)
    expect(await readdir(spool)).toEqual([])
  })
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
