import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FolderScene, FolderSystem } from './folder-store.ts'
import { quiet } from './source-scene.ts'

export function folderPermissions(system: FolderSystem, scene: () => FolderScene): void {
  test('a file that may not be read is an access error that names it', async () => {
    const { store, entryOf, fetch } = scene()
    await store.put('closed.csv', 'x')
    const entry = await entryOf('closed.csv')
    await chmod(join(store.path, 'closed.csv'), 0)
    const failure = { code: 'SOURCE_ACCESS', class: 'access', message: expect.stringContaining('closed.csv') }
    await expect(system.asReader(async () => fetch(entry))).rejects.toMatchObject(failure)
  })

  test('a folder that may not be read is an access error, not an empty one', async () => {
    const { source, store } = scene()
    await mkdir(join(store.path, 'closed'), { mode: 0 })
    const failure = { code: 'SOURCE_ACCESS', class: 'access', message: expect.stringContaining('closed') }
    await expect(system.asReader(async () => source.list('**/*.csv', quiet))).rejects.toMatchObject(failure)
    expect(await system.asReader(async () => source.list('*.csv', quiet))).toEqual([])
  })
}
