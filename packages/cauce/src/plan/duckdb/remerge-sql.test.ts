import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEngine } from '../../engine/duckdb/open-engine.ts'
import type { MergePlan } from '../../model/plan.ts'
import { foldSql, rememberedColumns } from './remerge-sql.ts'

const MERGE = {
  least: { kind: 'min' },
  greatest: { kind: 'max' },
  total: { kind: 'sum' },
  month: { kind: 'period', unit: 'month', dated: ['d'] },
  newest: { kind: 'replace' },
  moment: { kind: 'max' },
  opened: { kind: 'first', by: 'moment' },
  closed: { kind: 'last', by: 'moment' },
} as const satisfies Readonly<Record<string, MergePlan>>

const INTEGER = { kind: 'integer' } as const
const COLUMNS = [
  { name: 'k', type: { kind: 'text', maxLength: undefined } },
  ...Object.keys(MERGE).map((name) => ({ name, type: INTEGER })),
] as const

type Value = number | null
type Values = Readonly<Record<keyof typeof MERGE, Value>>

/** What one load brought to a key. */
interface Brought {
  readonly item: string
  readonly values: Values
}

const value = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null })
const broughtArb = fc.record({
  item: fc.constantFrom('a', 'b', 'ñ', 'B'),
  values: fc.record(
    Object.fromEntries(Object.keys(MERGE).map((name) => [name, value])) as Record<
      keyof typeof MERGE,
      typeof value
    >,
  ),
})

test('folding what all loads brought is merging them one after the other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cauce-fold-'))
  try {
    await using engine = await openEngine({ spoolDirectory: folder, memoryMb: 128 })
    const names = Object.keys(MERGE)
    // One load has an item once. Many keys in one query, for a query costs more than a key.
    const loads = fc.uniqueArray(broughtArb, { minLength: 1, selector: ({ item }) => item })
    await fc.assert(
      fc.asyncProperty(fc.array(loads, { minLength: 50, maxLength: 100 }), async (keys) => {
        const rows = keys.flatMap((brought, key) =>
          brought.map(({ item, values }, place) => {
            const numbers = Object.values(values).map((one) => one ?? 'NULL::BIGINT')
            return `(${[place, `'${item}'`, `'${key}'`, ...numbers].join(', ')})`
          }),
        )
        await engine.run(
          `CREATE OR REPLACE TEMP TABLE brought AS FROM (VALUES ${rows.join(', ')}) t(_cauce_place, _cauce_item, k, ${names.join(', ')})`,
        )
        const found = await engine.rows(
          `${foldSql({ key: ['k'], merge: MERGE }, COLUMNS, 'brought')} ORDER BY CAST(k AS INT)`,
        )
        expect(found).toEqual(keys.map((brought, key) => ({ k: String(key), ...oneByOne(brought) })))
      }),
      { numRuns: 5 },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('what first and last remember are two columns each, in order, of the type of what orders them', () => {
  expect(rememberedColumns({ merge: MERGE }, COLUMNS)).toEqual([
    { name: '_cauce_by_opened', type: INTEGER, nullable: true },
    { name: '_cauce_item_opened', type: { kind: 'text', maxLength: undefined }, nullable: true },
    { name: '_cauce_by_closed', type: INTEGER, nullable: true },
    { name: '_cauce_item_closed', type: { kind: 'text', maxLength: undefined }, nullable: true },
  ])
})

/** The rules of `MergePlan`, row by row. */
function oneByOne(brought: readonly Brought[]): Readonly<Record<string, Value | string>> {
  const all = (name: keyof typeof MERGE): readonly number[] =>
    brought.flatMap(({ values }) => values[name] ?? [])
  const reduced = (name: keyof typeof MERGE, work: (...numbers: readonly number[]) => number): Value => {
    const numbers = all(name)
    return numbers.length === 0 ? null : work(...numbers)
  }
  const sum = (...numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
  const winner = (sign: 1 | -1): Brought | undefined =>
    brought.toSorted((one, other) => {
      const [a, b] = [one.values.moment, other.values.moment]
      if (a !== b) return a === null ? 1 : b === null ? -1 : sign * (a - b)
      return sign * Buffer.compare(Buffer.from(one.item), Buffer.from(other.item))
    })[0]
  const [opened, closed] = [winner(1), winner(-1)]
  return {
    least: reduced('least', Math.min),
    greatest: reduced('greatest', Math.max),
    total: reduced('total', sum),
    month: reduced('month', sum),
    newest: brought.at(-1)?.values.newest ?? null,
    moment: reduced('moment', Math.max),
    opened: opened?.values.opened ?? null,
    closed: closed?.values.closed ?? null,
    _cauce_by_opened: opened?.values.moment ?? null,
    _cauce_item_opened: opened?.item ?? null,
    _cauce_by_closed: closed?.values.moment ?? null,
    _cauce_item_closed: closed?.item ?? null,
  }
}
