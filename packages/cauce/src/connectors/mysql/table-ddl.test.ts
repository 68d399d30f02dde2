import { expect, test } from 'vitest'
import type { TableShape } from '../destination.ts'
import type { ServerFacts } from './connection.ts'
import { createTableSql } from './table-ddl.ts'
import { orderedColumns } from './technical-columns.ts'

const MARIADB: ServerFacts = {
  isMariaDb: true,
  maxPacketBytes: 1,
  localInfile: true,
  foldsTableNames: false,
  threadId: 1,
  aliveToken: undefined,
}

const EMPTY: TableShape = { name: 't', columns: [], key: [], merge: {}, identity: [] }

test('merged tables have the key as primary key, texts in it of a length that fits one index', () => {
  const columns = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
    name,
    type: { kind: 'text', maxLength: undefined } as const,
    nullable: false,
  }))
  const sql = createTableSql({ ...EMPTY, columns, key: ['a', 'b', 'c', 'd'] }, MARIADB)
  expect(sql).toContain('`a` VARCHAR(192) NOT NULL')
  expect(sql).toContain('`e` LONGTEXT NOT NULL')
  expect(sql).toContain('PRIMARY KEY (`a`, `b`, `c`, `d`)')
})

test('the collation tells trailing blanks apart on both systems', () => {
  expect(createTableSql(EMPTY, MARIADB)).toContain('COLLATE utf8mb4_nopad_bin')
  expect(createTableSql(EMPTY, { ...MARIADB, isMariaDb: false })).toContain('COLLATE utf8mb4_0900_bin')
})

test('a report is indexed by its identity, long texts by their beginning', () => {
  const columns = [
    { name: 'archivo', type: { kind: 'text', maxLength: undefined } as const, nullable: false },
    { name: 'sha256', type: { kind: 'text', maxLength: 64 } as const, nullable: true },
  ]
  const sql = createTableSql({ ...EMPTY, columns, identity: ['archivo', 'sha256'] }, MARIADB)
  expect(sql).toContain('INDEX `cauce_identity` (`archivo`(255), `sha256`)')
})

test('technical columns of a long column name keep within 64 characters and apart', () => {
  const merge = Object.fromEntries(
    ['1', '2'].map((end) => [`${'x'.repeat(60)}${end}`, { kind: 'first', by: 'd' } as const]),
  )
  const names = orderedColumns(merge).flatMap(({ byColumn, itemColumn }) => [byColumn, itemColumn])
  expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(64)
  expect(new Set(names).size).toBe(4)
})
