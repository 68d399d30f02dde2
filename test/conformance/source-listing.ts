import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { quiet, type Scene, type SourceSystem } from './source-scene.ts'

export function listing(system: SourceSystem, scene: () => Scene): void {
  test('shows every fitting file with size and time, in key order', async () => {
    const { source, put } = scene()
    const time = new Date('2024-02-29T12:34:56.789Z')
    for (const [key, content] of [
      ['b.csv', 'bb'],
      ['a.csv', ''],
      ['B.csv', 'x'],
      ['ñ.csv', 'y'],
      ['c.txt', 'no'],
    ] as const)
      await utimes(await put(key, content), time, time)
    const modifiedMs = Math.floor(time.getTime() / system.timeUnitMs) * system.timeUnitMs
    expect(await source.list('*.csv', quiet)).toEqual([
      { key: 'B.csv', sizeBytes: 1, modifiedMs },
      { key: 'a.csv', sizeBytes: 0, modifiedMs },
      { key: 'b.csv', sizeBytes: 2, modifiedMs },
      { key: 'ñ.csv', sizeBytes: 1, modifiedMs },
    ])
  })

  test('looks into folders, and at hidden names, only where the pattern says so', async () => {
    const { source, path, put } = scene()
    await mkdir(join(path, 'x/y'), { recursive: true })
    await mkdir(join(path, '.git'))
    for (const key of ['a.csv', 'x/b.csv', 'x/y/c.csv', '.h.csv', '.git/d.csv']) await put(key, key)
    const keys = async (pattern: string): Promise<string[]> =>
      (await source.list(pattern, quiet)).map(({ key }) => key)
    expect(await keys('*.csv')).toEqual(['a.csv'])
    expect(await keys('**/*.csv')).toEqual(['a.csv', 'x/b.csv', 'x/y/c.csv'])
    expect(await keys('x/*.csv')).toEqual(['x/b.csv'])
    expect(await keys('{x,.git}/*')).toEqual(['.git/d.csv', 'x/b.csv'])
    expect(await keys('.*')).toEqual(['.h.csv'])
    expect(await keys('none*')).toEqual([])
  })

  test('follows links only inside the folder, and never in a circle', async () => {
    const { source, path, put } = scene()
    const outside = await mkdtemp(join(tmpdir(), 'cauce-outside-'))
    try {
      await writeFile(join(outside, 'secret.csv'), 'secret')
      await mkdir(join(path, 'real'))
      await put('real/a.csv', 'inside')
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

  test('5,000 files are all there', async () => {
    const { source, put } = scene()
    const keys = Array.from({ length: 5_000 }, (_, index) => `report_${String(index).padStart(5, '0')}.txt`)
    for (let at = 0; at < keys.length; at += 250)
      await Promise.all(keys.slice(at, at + 250).map(async (key) => put(key, key)))
    const found = await source.list('report_*.txt', quiet)
    expect(found.map(({ key }) => key)).toEqual(keys)
    expect(found.every(({ sizeBytes }) => sizeBytes === 16)).toBe(true)
  })

  test('a folder that is not there, and a file in its place, are said so', async () => {
    const { url, put } = scene()
    await put('file', 'x')
    const missing = await system.open(withFolder(url, 'missing/deep'))
    await expect(missing.list('*', quiet)).rejects.toMatchObject({ code: 'SOURCE_MISSING', class: 'config' })
    await missing.close()
    const file = await system.open(withFolder(url, 'file'))
    await expect(file.list('*', quiet)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await file.close()
  })

  test('a pattern that means nothing is refused', async () => {
    await expect(scene().source.list('a**', quiet)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  test('an aborted listing ends with the reason', async () => {
    const reason = new Error('enough')
    await expect(scene().source.list('*', AbortSignal.abort(reason))).rejects.toBe(reason)
  })
}

/** The URL of a folder below another's. */
function withFolder(url: string, folder: string): string {
  const [path = '', query] = url.split('?')
  return `${path}/${folder}${query === undefined ? '' : `?${query}`}`
}
