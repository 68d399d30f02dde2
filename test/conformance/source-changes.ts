import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CauceError } from '../../packages/cauce/src/model/cauce-error.ts'
import type { Scene } from './source-scene.ts'

export const CHANGED = { code: 'SOURCE_CHANGED', class: 'system' }

export function changes(scene: () => Scene): void {
  test('stat tells the present and the absent', async () => {
    const { source, store } = scene()
    await store.put('a.csv', 'abc')
    await store.put('folder/b.csv', 'b')
    expect(await source.stat('a.csv')).toMatchObject({ key: 'a.csv', sizeBytes: 3 })
    expect(await source.stat('b.csv')).toBeUndefined()
    expect(await source.stat('folder')).toBeUndefined()
  })

  test('a file that is gone, or another version than listed, is not taken', async () => {
    const { store, entryOf, fetch, spool } = scene()
    await store.put('a.csv', 'first version')
    const entry = await entryOf('a.csv')
    await store.put('a.csv', 'second, longer version')
    await expect(fetch(entry)).rejects.toMatchObject(CHANGED)
    await store.remove('a.csv')
    await expect(fetch(entry)).rejects.toMatchObject(CHANGED)
    expect(await readdir(spool)).toEqual([])
  })

  test('in 100 races with a writer no two versions are mixed', async () => {
    const { store, entryOf, fetch } = scene()
    const version = (number: number): Buffer => Buffer.alloc(200_000 + number, 0x41 + (number % 26))
    const putMs = await timeOf(async () => store.put('a.bin', version(0)))
    await fetch(await entryOf('a.bin'))
    const fetchMs = await timeOf(async () => fetch(await entryOf('a.bin')))
    let taken = 0
    for (let race = 1; race <= 100; race++) {
      const entry = await entryOf('a.bin')
      // The writer begins so long before the reader that it has ended, up to well after the end of an undisturbed fetch.
      const headStartMs = -putMs + ((race % 10) / 9) * (putMs + 2 * fetchMs)
      const read = async (): Promise<unknown> => {
        await sleep(Math.max(0, -headStartMs))
        return fetch(entry).then(readText, theError)
      }
      const write = async (): Promise<void> => {
        await sleep(Math.max(0, headStartMs))
        await store.put('a.bin', version(race))
      }
      const [outcome] = await Promise.all([read(), write()])
      expect([version(race - 1).toString(), 'SOURCE_CHANGED']).toContain(outcome)
      if (outcome !== 'SOURCE_CHANGED') taken += 1
    }
    // Neither side always wins, or this proves nothing.
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThan(100)
  })

  test('of a big file that is replaced while it is read no two versions are mixed', async () => {
    const { store, entryOf, fetch } = scene()
    const version = (number: number): Buffer => Buffer.alloc(40 * 1024 * 1024 + number, 0x41 + number)
    await store.put('a.bin', version(0))
    const entry = await entryOf('a.bin')
    let written: Promise<void> | undefined
    const replace = (): void => {
      written ??= store.put('a.bin', version(1))
    }
    const outcome = await fetch(entry, { onBytes: replace }).then(readText, theError)
    expect(outcome === 'SOURCE_CHANGED' || outcome === version(0).toString()).toBe(true)
    await written
    expect((await fetch(await entryOf('a.bin'))).sizeBytes).toBe(version(1).length)
  })
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

async function readText(fetched: { text(): Promise<string> }): Promise<string> {
  return fetched.text()
}

function theError(error: unknown): unknown {
  return error instanceof CauceError ? error.code : error
}
