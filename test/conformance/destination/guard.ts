import { describe, expect, test } from 'vitest'
import type { LoadResult } from '../../../packages/cauce/src/connectors/destination.ts'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { shapeOf, TestBed } from './test-bed.ts'

const FILAS = shapeOf({ name: 'filas', columns: { a: TEXT } })

export function guard(kit: DestinationKit): void {
  describe('the guard', () => {
    test('lets the same load happen once, and says what it was', async () => {
      await using bed = await TestBed.make(kit)
      const tables = [await bed.table(FILAS, [['x'], ['y']])]
      const counts = { read: 5, loaded: 2, rejected: 2, skipped: 1, warnings: 7 }
      const sketch = { item: 'a.csv', tables, counts }
      expect(await bed.load(sketch)).toEqual({ kind: 'loaded' })
      expect(await bed.load(sketch)).toEqual({ kind: 'already_loaded', counts })
      expect(await bed.load(sketch, { by: await bed.rival() })).toEqual({ kind: 'already_loaded', counts })
      expect(await bed.rows(FILAS)).toEqual([['x'], ['y']])
    })

    test('refuses the same name with other bytes and the same bytes under another name', async () => {
      await using bed = await TestBed.make(kit)
      const tables = [await bed.table(FILAS, [['x']])]
      const first = bed.request({ item: 'a.csv', content: 'uno', tables })
      expect(await bed.load({ item: 'a.csv', content: 'uno', tables })).toEqual({ kind: 'loaded' })
      const loadedSha256 = first.record.sha256
      expect(await bed.load({ item: 'a.csv', content: 'dos', tables })).toEqual({
        kind: 'refused',
        loadedSha256,
      })
      expect(await bed.load({ item: 'b.csv', content: 'uno', tables })).toEqual({
        kind: 'duplicate',
        otherItem: 'a.csv',
      })
      expect(await bed.rows(FILAS)).toEqual([['x']])
    })

    test('puts the name before the bytes where both are known from different loads', async () => {
      await using bed = await TestBed.make(kit)
      await bed.load({ item: 'a.csv', content: 'uno' })
      await bed.load({ item: 'b.csv', content: 'dos' })
      expect(await bed.load({ item: 'a.csv', content: 'dos' })).toMatchObject({ kind: 'refused' })
    })

    test('compares names by every character, and pipelines keep apart', async () => {
      await using bed = await TestBed.make(kit)
      for (const item of ['peña.csv', 'pena.csv', 'PENA.csv', 'pena.csv '])
        expect(await bed.load({ item }), item).toEqual({ kind: 'loaded' })
      expect(await bed.load({ item: 'pena.csv', content: 'otro', pipeline: 'otra' })).toEqual({
        kind: 'loaded',
      })
      expect(await bed.load({ item: 'x.csv', content: 'pena.csv', pipeline: 'otra' })).toEqual({
        kind: 'loaded',
      })
    })

    test('lets exactly one of two rivals win, whichever load they bring', async () => {
      await using bed = await TestBed.make(kit)
      const shape = shapeOf({
        name: 'cuentas',
        columns: { clave: TEXT, n: INTEGER },
        key: ['clave'],
        merge: { n: { kind: 'sum' } },
      })
      await bed.destination.prepare([FILAS, shape])
      const rivals = [bed.destination, await bed.rival(), await bed.rival()]
      for (const round of ['a', 'b', 'c', 'd']) {
        const tables = [await bed.table(FILAS, [[round]]), await bed.table(shape, [[round, '1']])]
        const results = await Promise.all(
          rivals.map(async (by) => bed.load({ item: `${round}.csv`, tables }, { by })),
        )
        expect(kinds(results)).toEqual(['already_loaded', 'already_loaded', 'loaded'])
        const alike = await Promise.all(
          rivals.map(async (by, position) =>
            bed.load({ item: `${round}-${position}.csv`, content: `igual ${round}`, tables }, { by }),
          ),
        )
        expect(kinds(alike)).toEqual(['duplicate', 'duplicate', 'loaded'])
        const named = await Promise.all(
          rivals.map(async (by, position) =>
            bed.load({ item: `mismo ${round}`, content: `${round} ${position}`, tables }, { by }),
          ),
        )
        expect(kinds(named)).toEqual(['loaded', 'refused', 'refused'])
      }
      expect(await bed.rows(shape)).toEqual(['a', 'b', 'c', 'd'].map((round) => [round, '3']))
      expect(await bed.rows(FILAS)).toHaveLength(12)
    })

    test('lets many loads of different items pass side by side', async () => {
      await using bed = await TestBed.make(kit)
      const shape = shapeOf({
        name: 'cuentas',
        columns: { clave: TEXT, n: INTEGER },
        key: ['clave'],
        merge: { n: { kind: 'sum' } },
      })
      await bed.destination.prepare([FILAS, shape])
      const keys = Array.from({ length: 200 }, (_unused, key) => `clave ${String(key).padStart(4, '0')}`)
      const workers = [bed.destination, await bed.rival(), await bed.rival(), await bed.rival()]
      const tables = [
        await bed.table(
          FILAS,
          keys.map((key) => [key]),
        ),
        await bed.table(
          shape,
          keys.map((key) => [key, '1']),
        ),
      ]
      await Promise.all(
        workers.map(async (by, worker) => {
          for (let item = 0; item < 5; item++)
            expect(await bed.load({ item: `${worker}-${item}`, tables }, { by })).toEqual({ kind: 'loaded' })
        }),
      )
      expect(await bed.rows(shape)).toEqual(keys.map((key) => [key, '20']))
      expect(await bed.rows(FILAS)).toHaveLength(4_000)
    })
  })
}

function kinds(results: readonly LoadResult[]): readonly string[] {
  return results.map(({ kind }) => kind).toSorted()
}
