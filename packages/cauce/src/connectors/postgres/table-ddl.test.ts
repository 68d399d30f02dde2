import { expect, test } from 'vitest'
import type { TableShape } from '../destination.ts'
import { createTableSql } from './table-ddl.ts'
import { orderedColumns } from './technical-columns.ts'

const EMPTY: TableShape = { name: 'd"q', columns: [], key: [], merge: {}, identity: [] }
const TEXT = { kind: 'text', maxLength: 5 } as const

test('merged tables have the key as primary key, texts in it compared by bytes', () => {
  const columns = [
    { name: 'a', type: TEXT, nullable: true },
    { name: 'n', type: { kind: 'decimal', precision: 9, scale: 2 } as const, nullable: true },
  ]
  expect(createTableSql({ ...EMPTY, columns, key: ['a'] }, 'ventas')).toEqual([
    'create table "ventas"."d""q" ("a" text collate "C" not null, "n" numeric(9, 2) null, primary key ("a"))',
  ])
})

test('reports are found by their item however long its name, loads that give way by an index', () => {
  const columns = [{ name: 'archivo', type: TEXT, nullable: false }]
  const shape = { ...EMPTY, columns, identity: ['archivo'], loadColumn: { name: 'archivo', indexed: true } }
  expect(createTableSql(shape, 'public').slice(1)).toEqual([
    'create index on "public"."d""q" using hash ("archivo")',
    'create index on "public"."d""q" ("archivo")',
  ])
})

test('technical columns of a long column name keep within 63 bytes and apart, and cut no character', () => {
  const merge = Object.fromEntries(
    ['1', '2'].map((end) => [`${'😀'.repeat(15)}${end}`, { kind: 'first', by: 'd' } as const]),
  )
  const names = orderedColumns(merge).flatMap(({ byColumn, itemColumn }) => [byColumn, itemColumn])
  expect(Math.max(...names.map((name) => Buffer.byteLength(name)))).toBeLessThanOrEqual(63)
  expect(new Set(names).size).toBe(4)
  for (const name of names) expect(name.isWellFormed()).toBe(true)
})
