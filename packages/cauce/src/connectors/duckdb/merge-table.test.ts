import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogicalType } from '../../model/plan.ts'
import type { Destination } from '../destination.ts'
import {
  TEXT,
  INTEGER,
  hooks,
  loadRequest,
  scratch,
  table,
  type Scratch,
} from './scratch-destination.test-kit.ts'

const DATE: LogicalType = { kind: 'date' }

let here: Scratch
let destination: Destination

beforeEach(async () => {
  here = await scratch()
  destination = await here.open()
})

afterEach(async () => here.remove())

const merged = table(
  'm',
  { k: TEXT, a: INTEGER, z: INTEGER, s: INTEGER, r: TEXT, f: TEXT, l: TEXT, cuando: DATE },
  {
    key: ['k'],
    merge: {
      a: { kind: 'min' },
      z: { kind: 'max' },
      s: { kind: 'sum' },
      r: { kind: 'replace' },
      f: { kind: 'first', by: 'cuando' },
      l: { kind: 'last', by: 'cuando' },
      cuando: { kind: 'max' },
    },
  },
)
const items: readonly (readonly [item: string, values: string])[] = [
  [
    'a',
    `('k', 1, 1, 1, 'ra', 'fa', 'la', DATE '2013-02-01'), ('peña', 1, NULL, NULL, NULL, NULL, NULL, NULL)`,
  ],
  [
    'b',
    `('k', NULL, 5, 2, 'rb', 'fb', 'lb', DATE '2013-01-01'), ('pena', 2, 2, 2, 'r', 'f', 'l', DATE '2013-01-01')`,
  ],
  [
    'c',
    `('k', -3, NULL, NULL, NULL, 'fc', 'lc', DATE '2013-01-01'), ('peña', NULL, 4, 4, 'r', 'f', 'l', NULL)`,
  ],
  [
    'd',
    `('k', 7, 7, 7, 'rd', 'fd', 'ld', DATE '2013-02-01'), ('peña', 3, 3, 3, 'r', 'f2', 'l2', DATE '2020-01-01')`,
  ],
]

test('gives the same rows in any order of loads, and NULL counts for nothing in least, greatest and sum', async () => {
  const loads = await Promise.all(
    items.map(async ([item, values]) => {
      const sql = `SELECT * FROM (VALUES ${values}) t(k, a, z, s, r, f, l, cuando) ORDER BY k`
      return loadRequest(item, [await here.stage(merged, sql)])
    }),
  )
  for (const order of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [2, 0, 3, 1],
  ]) {
    await destination.prepare([merged])
    for (const index of order) {
      const request = loads[index]
      if (request !== undefined) await destination.load(request, hooks())
    }
    expect(
      await here.ask('SELECT k, a, z, s, f, l, cuando, _cauce_item_f, _cauce_item_l FROM m ORDER BY k'),
    ).toEqual([
      ['k', -3, 7, 10, 'fb', 'ld', '2013-02-01', 'b', 'd'],
      ['pena', 2, 2, 2, 'f', 'l', '2013-01-01', 'b', 'b'],
      ['peña', 1, 4, 7, 'f2', 'l2', '2020-01-01', 'd', 'd'],
    ])
    await here.alter('DELETE FROM m; DELETE FROM cauce_loads')
  }
}, 30_000)

test('keys of several columns, of any type, with hostile names', async () => {
  const odd = table(
    'select',
    { 'a "b"': INTEGER, from: DATE, ";--'": INTEGER },
    { key: ['a "b"', 'from'], merge: { ";--'": { kind: 'sum' } } },
  )
  await destination.prepare([odd])
  const sql = (n: number): string =>
    `SELECT range AS "a ""b""", DATE '2013-01-01' + (range % 2)::INTEGER AS "from", ${n} AS ";--'" FROM range(4) ORDER BY 1, 2`
  for (const n of [1, 2]) {
    const staged = {
      ...(await here.stage({ ...odd, merge: {} }, sql(n))),
      ...odd,
      sums: { ";--'": String(4 * n) },
    }
    await destination.load(loadRequest(`i${n}'"`, [staged]), hooks())
  }
  expect(await here.ask(`SELECT count(*), sum(";--'") FROM "select"`)).toEqual([[4, 12]])
})
