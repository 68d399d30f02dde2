import { expect, test } from 'vitest'
import { quiet, type Scene, type SourceSystem } from './source-scene.ts'

export function listing({ manyFiles }: SourceSystem, scene: () => Scene): void {
  test('shows every fitting file with size and time, in key order', async () => {
    const { source, store } = scene()
    const contents = { 'b.csv': 'bb', 'a.csv': '', 'B.csv': 'x', 'ñ.csv': 'y', 'c.txt': 'no' }
    // Both are the same machine's clock; listings know whole seconds.
    const from = Math.floor(new Date().getTime() / 1_000) * 1_000
    for (const [key, content] of Object.entries(contents)) await store.put(key, content)
    const to = new Date().getTime()
    const found = await source.list('*.csv', quiet)
    expect(found.map(({ key, sizeBytes }) => [key, sizeBytes])).toEqual([
      ['B.csv', 1],
      ['a.csv', 0],
      ['b.csv', 2],
      ['ñ.csv', 1],
    ])
    for (const { modifiedMs } of found) {
      expect(modifiedMs).toBeGreaterThanOrEqual(from)
      expect(modifiedMs).toBeLessThanOrEqual(to)
    }
  })

  test('looks into folders, and at hidden names, only where the pattern says so', async () => {
    const { source, store } = scene()
    for (const key of ['a.csv', 'x/b.csv', 'x/y/c.csv', '.h.csv', '.git/d.csv']) await store.put(key, key)
    const keys = async (pattern: string): Promise<string[]> =>
      (await source.list(pattern, quiet)).map(({ key }) => key)
    expect(await keys('*.csv')).toEqual(['a.csv'])
    expect(await keys('**/*.csv')).toEqual(['a.csv', 'x/b.csv', 'x/y/c.csv'])
    expect(await keys('x/*.csv')).toEqual(['x/b.csv'])
    expect(await keys('x/y/c.csv')).toEqual(['x/y/c.csv'])
    expect(await keys('{x,.git}/*')).toEqual(['.git/d.csv', 'x/b.csv'])
    expect(await keys('.*')).toEqual(['.h.csv'])
    expect(await keys('none*')).toEqual([])
  })

  test(`${manyFiles} files are all there, at once or in parts`, async () => {
    const { source, store } = scene()
    const keys = Array.from(
      { length: manyFiles },
      (_, index) => `report_${String(index).padStart(5, '0')}.txt`,
    )
    for (let at = 0; at < keys.length; at += 250)
      await Promise.all(keys.slice(at, at + 250).map(async (key) => store.put(key, key)))
    const found = await source.list('report_*.txt', quiet)
    expect(found.map(({ key }) => key)).toEqual(keys)
    expect(found.every(({ sizeBytes }) => sizeBytes === 16)).toBe(true)
    const inParts = []
    for await (const page of source.listPages('report_*.txt', quiet)) inParts.push(...page)
    expect(inParts).toEqual(found)
  })

  test('a listing shows what asking for the file alone shows', async () => {
    const { source, store, entryOf } = scene()
    await store.put('x/a.csv', 'abc')
    expect(await source.list('**', quiet)).toEqual([await entryOf('x/a.csv')])
  })

  test('a pattern that means nothing is refused', async () => {
    await expect(scene().source.list('a**', quiet)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  test('an aborted listing ends with the reason', async () => {
    const reason = new Error('enough')
    await expect(scene().source.list('*', AbortSignal.abort(reason))).rejects.toBe(reason)
  })
}
