import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FolderScene, FolderSystem } from './folder-store.ts'
import { quiet } from './source-scene.ts'

export function folderLinks(system: FolderSystem, scene: () => FolderScene): void {
  test('links are followed only inside the folder, and never in a circle', async () => {
    const { source, store } = scene()
    const { path } = store
    const outside = await mkdtemp(join(tmpdir(), 'cauce-outside-'))
    try {
      await writeFile(join(outside, 'secret.csv'), 'secret')
      await store.put('real/a.csv', 'inside')
      await symlink('real/a.csv', join(path, 'link.csv'))
      await symlink('real', join(path, 'folder'))
      await symlink('..', join(path, 'real/up'))
      await symlink('loop.csv', join(path, 'loop.csv'))
      await symlink('nowhere.csv', join(path, 'broken.csv'))
      await symlink(join(outside, 'secret.csv'), join(path, 'out.csv'))
      await symlink(outside, join(path, 'outside'))
      const found = await source.list('**/*.csv', quiet)
      expect(found.map(({ key }) => key)).toEqual(['folder/a.csv', 'link.csv', 'real/a.csv'])
      expect(found.map(({ sizeBytes }) => sizeBytes)).toEqual([6, 6, 6])
    } finally {
      await rm(outside, { recursive: true })
    }
  })

  test('a link out of the folder that took a file’s place is neither read nor removed', async () => {
    const { source, store, entryOf, fetch, spool } = scene()
    const file = join(store.path, 'a.csv')
    await store.put('a.csv', 'inside')
    const entry = await entryOf('a.csv')
    const outside = `${store.path}-outside`
    try {
      await writeFile(outside, 'secret')
      await rm(file)
      await symlink(outside, file)
      await expect(fetch(entry)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', class: 'layout' })
      await expect(source.delete({ ...(await theFacts(outside)), key: 'a.csv' })).rejects.toMatchObject({
        code: 'FILE_UNREADABLE',
      })
      expect(await source.stat('a.csv')).toBeUndefined()
      expect(await readdir(store.path)).toEqual(['a.csv'])
      expect(await readdir(spool)).toEqual([])
    } finally {
      await rm(outside)
    }
  })

  test('deleting removes a link rather than what it leads to', async () => {
    const { source, store, entryOf } = scene()
    await store.put('x/a.csv', 'a')
    await symlink('x/a.csv', join(store.path, 'link.csv'))
    await source.delete(await entryOf('link.csv'))
    expect(await store.keys()).toEqual(['x/a.csv'])
  })

  test('a folder that is not there, and a file in its place, are said so', async () => {
    const { store } = scene()
    await store.put('file', 'x')
    const missing = await system.open(withFolder(store.url, 'missing/deep'))
    await expect(missing.list('*', quiet)).rejects.toMatchObject({ code: 'SOURCE_MISSING', class: 'config' })
    await missing.close()
    const file = await system.open(withFolder(store.url, 'file'))
    await expect(file.list('*', quiet)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await file.close()
  })

  test('a folder that stands where a file was is no file', async () => {
    const { source, store } = scene()
    await mkdir(join(store.path, 'a.csv'))
    expect(await source.stat('a.csv')).toBeUndefined()
  })
}

async function theFacts(path: string): Promise<{ sizeBytes: number; modifiedMs: number }> {
  const { size, mtimeMs } = await stat(path)
  return { sizeBytes: size, modifiedMs: Math.floor(mtimeMs) }
}

/** The URL of a folder below another's. */
function withFolder(url: string, folder: string): string {
  const [path = '', query] = url.split('?')
  return `${path}/${folder}${query === undefined ? '' : `?${query}`}`
}
