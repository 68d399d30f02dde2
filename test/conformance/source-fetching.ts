import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { quiet, type Scene } from './source-scene.ts'

/** Names people, partners and attackers give to files. */
const HOSTILE_NAMES = [
  ' leading and trailing ',
  'line\nbreak',
  '"double" and \'single\'',
  '; rm -rf $HOME `id` $(id)',
  '..%2f..%2fetc%2fpasswd',
  '...',
  '..hidden-not-parent',
  '-rf',
  '*',
  '?[a]{b}',
  'back\\slash',
  'mark\\xF1',
  'tab\tand\u{1b}[31mescape',
  'right\u202eto left',
  'emoji 😀',
  'n\u0303 (two code points)',
  `${'x'.repeat(251)}.txt`,
  'CON',
  'a:b',
]

export function fetching(scene: () => Scene): void {
  test('brings any file whatever its name, and writes nothing but the spool file', async () => {
    const { source, spool, store, fetch } = scene()
    for (const name of HOSTILE_NAMES) await store.put(name, `content of ${name}`)
    const found = [...(await source.list('*', quiet)), ...(await source.list('.*', quiet))]
    const contents: string[] = []
    for (const entry of found) {
      const fetched = await fetch(entry)
      expect(fetched.sizeBytes).toBe(entry.sizeBytes)
      contents.push(await fetched.text())
    }
    expect(contents.toSorted()).toEqual(HOSTILE_NAMES.map((name) => `content of ${name}`).toSorted())
    expect(await readdir(spool)).toHaveLength(HOSTILE_NAMES.length)
    expect(await store.keys()).toHaveLength(HOSTILE_NAMES.length)
    for (const entry of found) await source.delete(entry)
    expect(await store.keys()).toEqual([])
  })

  test('an empty file arrives empty', async () => {
    const { store, entryOf, fetch } = scene()
    await store.put('empty.csv', '')
    const fetched = await fetch(await entryOf('empty.csv'))
    expect(fetched).toMatchObject({ sizeBytes: 0, sha256: createHash('sha256').digest('hex') })
    expect(await fetched.text()).toBe('')
  })

  test('50 MB arrive byte for byte, hashed, and progress is told', async () => {
    const { store, entryOf, fetch } = scene()
    const content = randomBytes(50 * 1024 * 1024 + 7)
    await store.put('big.bin', content)
    const told: number[] = []
    const fetched = await fetch(await entryOf('big.bin'), { onBytes: (bytes) => told.push(bytes) })
    expect(fetched.sizeBytes).toBe(content.length)
    expect(fetched.sha256).toBe(createHash('sha256').update(content).digest('hex'))
    expect(told.length).toBeGreaterThan(40)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(told.at(-1)).toBe(content.length)
  })

  test('several calls at once do not disturb each other', async () => {
    const { source, store, fetch } = scene()
    const contents = Array.from({ length: 8 }, (_, index) => randomBytes(300_000 + index))
    await Promise.all(contents.map(async (content, index) => store.put(`${index}.bin`, content)))
    const entries = await source.list('*.bin', quiet)
    const all = await Promise.all(entries.map(async (entry) => fetch(entry)))
    expect(all.map(({ sha256 }) => sha256)).toEqual(
      contents.map((content) => createHash('sha256').update(content).digest('hex')),
    )
  })

  test('an aborted transfer ends with the reason and leaves nothing in the spool', async () => {
    const { store, entryOf, fetch, spool, source } = scene()
    await store.put('big.bin', randomBytes(20 * 1024 * 1024))
    const entry = await entryOf('big.bin')
    const abort = new AbortController()
    const reason = new Error('enough')
    await expect(fetch(entry, { onBytes: () => abort.abort(reason), signal: abort.signal })).rejects.toBe(
      reason,
    )
    expect(await readdir(spool)).toEqual([])
    expect(await source.stat('big.bin')).toEqual(entry)
  })

  test('a spool that cannot be written to is named as what it is', async () => {
    const { store, entryOf, source, spool } = scene()
    await store.put('a.csv', 'a')
    const request = {
      entry: await entryOf('a.csv'),
      toPath: join(spool, 'no/such/folder'),
      onBytes: () => undefined,
      signal: quiet,
    }
    await expect(source.fetch(request)).rejects.toMatchObject({ code: 'SPOOL_FAILED', class: 'system' })
  })
}
