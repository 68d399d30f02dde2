import { expect, test } from 'vitest'
import { quiet, type Scene, type SourceSystem } from './source-scene.ts'

export function deleting(system: SourceSystem, scene: () => Scene): void {
  test('removes the version it is told of, and is content when the file is gone already', async () => {
    const { source, store, entryOf } = scene()
    await store.put('a.csv', 'a')
    await store.put('x/b.csv', 'b')
    await store.put('c.csv', 'c')
    const entry = await entryOf('a.csv')
    await source.assertDeletable('a.csv')
    await source.delete(entry)
    expect((await store.keys()).toSorted()).toEqual(['c.csv', 'x/b.csv'])
    await source.delete(entry)
    await source.assertDeletable('x/b.csv')
    await source.delete(await entryOf('x/b.csv'))
    expect(await store.keys()).toEqual(['c.csv'])
  })

  test('leaves a file alone that is not the version loaded', async () => {
    const { source, store, entryOf, fetch } = scene()
    await store.put('a.csv', 'loaded')
    const entry = await entryOf('a.csv')
    await store.put('a.csv', 'new and not loaded')
    await expect(source.delete(entry)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
    const now = await entryOf('a.csv')
    expect(await (await fetch(now)).text()).toBe('new and not loaded')
  })

  const { closedStore } = system
  const missing = 'missing' in closedStore ? closedStore.missing : ''
  test.skipIf(missing !== '')(
    `a folder that may not be written to is known before anything is loaded${missing && ` [NOT RUN: ${missing}]`}`,
    async () => {
      if ('missing' in closedStore) throw new Error(missing)
      await scene().source.assertDeletable('')
      await using store = await closedStore.make({ 'a.csv': 'a' })
      const source = await system.open(store.url)
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
