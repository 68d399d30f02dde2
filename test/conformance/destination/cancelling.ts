import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { shapeOf, TestBed } from './test-bed.ts'

const FILAS = shapeOf({ name: 'filas', columns: { a: TEXT } })
const CUENTAS = shapeOf({
  name: 'cuentas',
  columns: { clave: TEXT, n: INTEGER },
  key: ['clave'],
  merge: { n: { kind: 'sum' } },
})

const BOUNDARIES = ['before-guard', 'after-guard', 'after-tables', 'before-commit'] as const

export function cancelling(kit: DestinationKit): void {
  describe('a load that is cancelled', () => {
    test.for(BOUNDARIES)('at %s leaves nothing, and can be done again', async (boundary) => {
      await using bed = await TestBed.make(kit)
      const sketch = {
        item: 'a.csv',
        tables: [await bed.table(FILAS, [['x']]), await bed.table(CUENTAS, [['k', '1']])],
      }
      const cancel = new AbortController()
      const reason = new Error('enough')
      const at = (passed: string): void => {
        if (passed === boundary) cancel.abort(reason)
      }
      await expect(bed.load(sketch, { hooks: { at, signal: cancel.signal } })).rejects.toBe(reason)
      expect(await bed.rows(FILAS)).toEqual([])
      expect(await bed.destination.findLoad(bed.request(sketch).record.loadKey)).toBeUndefined()
      expect(await bed.load(sketch)).toEqual({ kind: 'loaded' })
      expect(await bed.rows(CUENTAS)).toEqual([['k', '1']])
    })

    test('after its COMMIT is loaded all the same', async () => {
      await using bed = await TestBed.make(kit)
      const cancel = new AbortController()
      const at = (passed: string): void => {
        if (passed === 'after-commit') cancel.abort()
      }
      const sketch = { item: 'a.csv', tables: [await bed.table(FILAS, [['x']])] }
      expect(await bed.load(sketch, { hooks: { at, signal: cancel.signal } })).toEqual({ kind: 'loaded' })
    })

    test('in the middle of many rows is rolled back when the call ends', async () => {
      await using bed = await TestBed.make(kit)
      const rows = Array.from({ length: 100_000 }, (_unused, number) => [`clave ${number}`, '1'])
      const sketch = {
        item: 'a.csv',
        tables: [
          await bed.table(
            FILAS,
            rows.map(([key = '']) => [key.repeat(5)]),
          ),
          await bed.table(CUENTAS, rows),
        ],
      }
      await bed.destination.prepare(sketch.tables)
      // Fast systems are through before the longer waits are over; then it was loaded, and whole.
      for (const afterMs of [1, 20, 100, 400]) {
        const cancel = new AbortController()
        const outcome = bed
          .load(sketch, { hooks: { signal: cancel.signal } })
          .catch((error: unknown) => error)
        await pause(afterMs)
        cancel.abort()
        const ended = await outcome
        expect(await bed.database.openTransactions()).toBe(0)
        expect([cancel.signal.reason, { kind: 'loaded' }]).toContainEqual(ended)
        if (ended !== cancel.signal.reason) break
        expect(await bed.rows(FILAS)).toEqual([])
      }
      expect((await bed.load(sketch)).kind).toMatch(/loaded/)
      expect(await bed.rows(FILAS)).toHaveLength(100_000)
    })
  })
}
