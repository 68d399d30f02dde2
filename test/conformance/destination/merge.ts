import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MergePlan } from '../../../packages/cauce/src/model/plan.ts'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { shapeOf, sortRows, TestBed } from './test-bed.ts'

const COLUMNS = {
  clave: TEXT,
  menor: INTEGER,
  mayor: { kind: 'timestamp', fraction: false },
  menor_texto: { kind: 'text', maxLength: 20 },
  suma: { kind: 'decimal', precision: 20, scale: 2 },
  cuando: { kind: 'timestamp', fraction: false },
  primero: TEXT,
  ultimo: INTEGER,
} as const

const MERGE: Readonly<Record<string, MergePlan>> = {
  menor: { kind: 'min' },
  mayor: { kind: 'max' },
  menor_texto: { kind: 'min' },
  suma: { kind: 'sum' },
  cuando: { kind: 'max' },
  primero: { kind: 'first', by: 'cuando' },
  ultimo: { kind: 'last', by: 'cuando' },
}

interface Row {
  readonly clave: string
  readonly menor: string | null
  readonly mayor: string | null
  readonly menor_texto: string | null
  readonly suma: string | null
  readonly cuando: string | null
  readonly primero: string | null
  readonly ultimo: string | null
}

interface Item {
  readonly name: string
  readonly rows: readonly Row[]
}

export function merge(kit: DestinationKit, { runs }: { readonly runs: number }): void {
  describe('merged tables', () => {
    test(
      'come out the same for any order of the loads, and as the model says',
      { timeout: 180_000 },
      async () => {
        await using bed = await TestBed.make(kit)
        let round = 0
        const holds = fc.asyncProperty(itemsAndOrder, async ({ items, order }) => {
          round++
          for (const [position, sequence] of [items, order].entries()) {
            const shape = shapeOf({
              name: `orden_${round}_${position}`,
              columns: COLUMNS,
              key: ['clave'],
              merge: MERGE,
            })
            for (const item of sequence) {
              const rows = item.rows.map((row) => Object.keys(COLUMNS).map((name) => row[name as keyof Row]))
              const result = await bed.load({
                item: item.name,
                pipeline: shape.name,
                tables: [await bed.table(shape, rows)],
              })
              expect(result).toEqual({ kind: 'loaded' })
            }
            expect(await bed.rows(shape)).toEqual(model(items))
          }
        })
        await fc.assert(holds, { numRuns: runs, seed: 2_013 })
      },
    )

    test('keep a value that is there when the new one is absent', async () => {
      await using bed = await TestBed.make(kit)
      const shape = shapeOf({ name: 'nulos', columns: COLUMNS, key: ['clave'], merge: MERGE })
      const full = ['k', '1', '2013-01-01 00:00:00', 'a', '1.50', '2013-01-02 00:00:00', 'p', '7']
      const empty = ['k', null, null, null, null, null, null, null]
      await bed.load({ item: 'lleno', tables: [await bed.table(shape, [full])] })
      await bed.load({ item: 'vacio', tables: [await bed.table(shape, [empty])] })
      const expected = full.with(4, '1.5')
      expect(await bed.rows(shape)).toEqual([expected])
    })

    test('replace takes the new value, absent or not, and period counters add', async () => {
      await using bed = await TestBed.make(kit)
      const shape = shapeOf({
        name: 'otros',
        columns: { clave: TEXT, valor: TEXT, mes: INTEGER },
        key: ['clave'],
        merge: { valor: { kind: 'replace' }, mes: { kind: 'period', unit: 'month', dated: ['d'] } },
      })
      await bed.load({ item: '1', tables: [await bed.table(shape, [['k', 'uno', '2']])] })
      await bed.load({
        item: '2',
        tables: [
          await bed.table(shape, [
            ['j', 'otro', '1'],
            ['k', null, '3'],
          ]),
        ],
      })
      expect(await bed.rows(shape)).toEqual([
        ['j', 'otro', '1'],
        ['k', null, '5'],
      ])
    })

    test('may have a key of several columns, and nothing but the key', async () => {
      await using bed = await TestBed.make(kit)
      const shape = shapeOf({
        name: 'solo_clave',
        columns: { a: TEXT, b: INTEGER, c: { kind: 'date' } },
        key: ['a', 'b', 'c'],
      })
      const rows = [
        ['x', '1', '2013-01-01'],
        ['x', '1', '2013-01-02'],
        ['x', '2', '2013-01-01'],
      ]
      for (const item of ['1', '2']) await bed.load({ item, tables: [await bed.table(shape, rows)] })
      expect(await bed.rows(shape)).toEqual(rows)
    })
  })
}

// Few distinct values, so that ties and repeated keys are the rule; texts that differ in case, accents and blanks only.
const maybe = (...values: readonly string[]): fc.Arbitrary<string | null> => fc.constantFrom(...values, null)
const moment = maybe('2013-01-01 00:00:00', '2013-01-02 00:00:00', '2013-01-02 00:00:01')
const row: fc.Arbitrary<Row> = fc.record({
  clave: fc.constantFrom('pena', 'peña', 'PENA', 'pena '),
  menor: maybe('-1', '0', '5'),
  mayor: moment,
  menor_texto: maybe('a', 'A', 'á', 'a '),
  suma: maybe('0.10', '-3.00', '99.99'),
  cuando: moment,
  primero: maybe('uno', 'dos', ''),
  ultimo: maybe('1', '2'),
})
const items: fc.Arbitrary<readonly Item[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'A', 'á', 'b', 'a ', 'c'),
    rows: fc.uniqueArray(row, { selector: ({ clave }) => clave, maxLength: 4 }),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 5 },
)
const itemsAndOrder = items.chain((made) =>
  fc.shuffledSubarray([...made], { minLength: made.length }).map((order) => ({ items: made, order })),
)

/** What must come out, told without regard to order. */
function model(loaded: readonly Item[]): (string | null)[][] {
  const byKey = Map.groupBy(
    loaded.flatMap(({ name, rows }) => rows.map((found) => ({ ...found, item: name }))),
    ({ clave }) => clave,
  )
  return sortRows(
    [...byKey].map(([clave, rows]) => {
      const by = rows.toSorted(
        (a, b) =>
          Number(a.cuando === null) - Number(b.cuando === null) ||
          compare(a.cuando, b.cuando) ||
          bytes(a.item, b.item),
      )
      const latest = rows.toSorted(
        (a, b) =>
          Number(a.cuando === null) - Number(b.cuando === null) ||
          compare(b.cuando, a.cuando) ||
          bytes(b.item, a.item),
      )
      return [
        clave,
        extreme(
          rows.map(({ menor }) => menor),
          (a, b) => Number(a) - Number(b),
        ),
        extreme(
          rows.map(({ mayor }) => mayor),
          (a, b) => -bytes(a, b),
        ),
        extreme(
          rows.map(({ menor_texto }) => menor_texto),
          bytes,
        ),
        sum(rows.map(({ suma }) => suma)),
        extreme(
          rows.map(({ cuando }) => cuando),
          (a, b) => -bytes(a, b),
        ),
        by[0]?.primero ?? null,
        latest[0]?.ultimo ?? null,
      ]
    }),
  )
}

function bytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function compare(a: string | null, b: string | null): number {
  return a === null || b === null ? 0 : bytes(a, b)
}

function extreme(values: readonly (string | null)[], order: (a: string, b: string) => number): string | null {
  return values.filter((value) => value !== null).toSorted(order)[0] ?? null
}

function sum(values: readonly (string | null)[]): string | null {
  const there = values.filter((value) => value !== null)
  if (there.length === 0) return null
  return String(there.reduce((total, value) => total + Math.round(Number(value) * 100), 0) / 100)
}
