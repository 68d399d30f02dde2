import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { shapeOf, sortRows, TestBed } from './test-bed.ts'

export function sizes(kit: DestinationKit): void {
  describe('sizes', () => {
    test('a load without any rows makes the tables and is recorded', async () => {
      await using bed = await TestBed.make(kit)
      const appended = shapeOf({ name: 'vacia', columns: { a: TEXT } })
      const merged = shapeOf({
        name: 'vacia2',
        columns: { a: TEXT, n: INTEGER },
        key: ['a'],
        merge: { n: { kind: 'sum' } },
      })
      const tables = [await bed.table(appended, []), await bed.table(merged, [])]
      expect(await bed.load({ item: 'vacio.csv', tables })).toEqual({ kind: 'loaded' })
      expect(await bed.rows(appended)).toEqual([])
      expect(await bed.rows(merged)).toEqual([])
      expect(await bed.load({ item: 'vacio.csv', tables })).toMatchObject({ kind: 'already_loaded' })
    })

    test('200,000 rows arrive, appended and merged', async () => {
      await using bed = await TestBed.make(kit)
      const appended = shapeOf({ name: 'grande', columns: { n: INTEGER, t: TEXT } })
      const merged = shapeOf({
        name: 'grande2',
        columns: { clave: TEXT, n: INTEGER },
        key: ['clave'],
        merge: { n: { kind: 'sum' } },
      })
      const numbers = Array.from({ length: 200_000 }, (_unused, number) => number)
      const rows = numbers.map((number) => [String(number), `fila ${number} ñ`])
      const keys = numbers.map((number) => [`clave ${number % 50_000} de ${number}`, '1'])
      const seen: [string, number][] = []
      const result = await bed.load(
        { item: 'grande.csv', tables: [await bed.table(appended, rows), await bed.table(merged, keys)] },
        { hooks: { onRows: (table, count) => void seen.push([table, count]) } },
      )
      expect(result).toEqual({ kind: 'loaded' })
      expect(seen.at(-1)).toEqual(['grande2', 200_000])
      expect(digest(await bed.rows(appended))).toBe(digest(sortRows(rows)))
      expect(await bed.rows(merged)).toHaveLength(200_000)
    })
  })
}

/** Comparing so many rows one by one would take longer than loading them. */
function digest(rows: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
}
