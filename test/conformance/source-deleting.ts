import { chmod, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { quiet, type Scene, type SourceSystem } from './source-scene.ts'

export function deleting(system: SourceSystem, scene: () => Scene): void {
  test('removes the version it is told of, and is content when the file is gone already', async () => {
    const { source, path, put, entryOf } = scene()
    await put('a.csv', 'a')
    await put('b.csv', 'b')
    const entry = await entryOf('a.csv')
    await source.assertDeletable('a.csv')
    await source.delete(entry)
    expect(await readdir(path)).toEqual(['b.csv'])
    await source.delete(entry)
    expect(await readdir(path)).toEqual(['b.csv'])
  })

  test('leaves a file alone that is not the version loaded', async () => {
    const { source, put, entryOf } = scene()
    const file = await put('a.csv', 'loaded')
    await utimes(file, 1_700_000_000, 1_700_000_000)
    const entry = await entryOf('a.csv')
    await writeFile(file, 'new and not loaded')
    await expect(source.delete(entry)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    await writeFile(file, 'LOADED')
    await expect(source.delete(entry)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    expect(await readFile(file, 'utf8')).toBe('LOADED')
  })

  test('reaches into folders, and removes a link rather than what it leads to', async () => {
    const { source, path, put, entryOf } = scene()
    await mkdir(join(path, 'x'))
    await system.handOver(join(path, 'x'))
    await put('x/a.csv', 'a')
    await symlink('x/a.csv', join(path, 'link.csv'))
    await source.assertDeletable('x/a.csv')
    await source.delete(await entryOf('link.csv'))
    expect(await readdir(path)).toEqual(['x'])
    await source.delete(await entryOf('x/a.csv'))
    expect(await readdir(join(path, 'x'))).toEqual([])
  })
}

export function permissions(system: SourceSystem, scene: () => Scene): void {
  test('a file that may not be read is an access error that names it', async () => {
    const { put, entryOf, fetch } = scene()
    const file = await put('closed.csv', 'x')
    const entry = await entryOf('closed.csv')
    await chmod(file, 0)
    const failure = { code: 'SOURCE_ACCESS', class: 'access', message: expect.stringContaining('closed.csv') }
    await expect(system.asReader(async () => fetch(entry))).rejects.toMatchObject(failure)
  })

  test('a folder that may not be read is an access error, not an empty one', async () => {
    const { source, path } = scene()
    await mkdir(join(path, 'closed'), { mode: 0 })
    const failure = { code: 'SOURCE_ACCESS', class: 'access', message: expect.stringContaining('closed') }
    await expect(system.asReader(async () => source.list('**/*.csv', quiet))).rejects.toMatchObject(failure)
    expect(await system.asReader(async () => source.list('*.csv', quiet))).toEqual([])
  })

  const { closedFolder } = system
  const missing = 'missing' in closedFolder ? closedFolder.missing : ''
  test.skipIf(missing !== '')(
    `a folder that may not be written to is known before anything is loaded${missing && ` [NOT RUN: ${missing}]`}`,
    async () => {
      if ('missing' in closedFolder) throw new Error(missing)
      await scene().source.assertDeletable('')
      await using folder = await closedFolder.make({ 'a.csv': 'a' })
      const source = await system.open(folder.url)
      const entries = await source.list('*', quiet)
      for (const key of ['a.csv', ''])
        await expect(source.assertDeletable(key)).rejects.toMatchObject({
          code: 'SOURCE_NOT_DELETABLE',
          class: 'access',
        })
      for (const entry of entries)
        await expect(source.delete(entry)).rejects.toMatchObject({ code: 'SOURCE_DELETE', class: 'access' })
      expect(entries).toHaveLength(1)
      expect(await source.list('*', quiet)).toEqual(entries)
      await source.close()
    },
  )
}
