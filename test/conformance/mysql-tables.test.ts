import { expect, test } from 'vitest'
import type { TableShape } from '../../packages/cauce/src/connectors/destination.ts'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { mysqlKit } from './destination/mysql-kit.ts'
import { INTEGER, TEXT } from './destination/round-trip.ts'
import { shapeOf, TestBed } from './destination/test-bed.ts'

const MERGED = shapeOf({
  name: 'cuentas',
  columns: { clave: TEXT, n: INTEGER },
  key: ['clave'],
  merge: { n: { kind: 'sum' } },
})
const FILAS = shapeOf({ name: 'filas', columns: { a: TEXT } })

/** Tables that must be refused: how they are made, what is loaded, and what the message must name. */
const REFUSED: readonly (readonly [string, string, TableShape, RegExp])[] = [
  [
    'are merged without a unique key over exactly the key',
    'CREATE TABLE cuentas (clave VARCHAR(50) COLLATE utf8mb4_bin NOT NULL, n BIGINT)',
    MERGED,
    /ALTER TABLE `cuentas` ADD UNIQUE INDEX \(`clave`\)/,
  ],
  [
    'have a key over more than the key',
    'CREATE TABLE cuentas (clave VARCHAR(50) COLLATE utf8mb4_bin NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (clave, n))',
    MERGED,
    /exactly clave/,
  ],
  [
    'have a key over part of a column',
    'CREATE TABLE cuentas (clave VARCHAR(50) COLLATE utf8mb4_bin NOT NULL, n BIGINT, UNIQUE (clave(10)))',
    MERGED,
    /exactly clave/,
  ],
  [
    'have another unique key by which rows could meet',
    'CREATE TABLE cuentas (clave VARCHAR(50) COLLATE utf8mb4_bin PRIMARY KEY, n BIGINT, UNIQUE otra (n))',
    MERGED,
    /unique index otra/,
  ],
  [
    'compare keys without regard to accents',
    'CREATE TABLE cuentas (clave VARCHAR(50) COLLATE utf8mb4_general_ci PRIMARY KEY, n BIGINT)',
    MERGED,
    /utf8mb4_general_ci.*ALTER TABLE `cuentas` MODIFY `clave` varchar\(50\) CHARACTER SET utf8mb4 COLLATE utf8mb4_/,
  ],
  [
    'have no transactions',
    'CREATE TABLE filas (a VARCHAR(50)) ENGINE=MyISAM',
    FILAS,
    /MyISAM.*ALTER TABLE `filas` ENGINE=InnoDB/,
  ],
  ['are views', 'CREATE VIEW filas AS SELECT 1 AS a', FILAS, /view/],
  [
    'compute the column themselves',
    "CREATE TABLE filas (b INT, a VARCHAR(50) AS (CONCAT('x', b)))",
    FILAS,
    /column a is generated/,
  ],
  ['turn texts into numbers', 'CREATE TABLE filas (a INT)', FILAS, /column a holds int/],
  [
    'round decimals',
    'CREATE TABLE filas (a INT)',
    shapeOf({ name: 'filas', columns: { a: { kind: 'decimal', precision: 9, scale: 2 } } }),
    /rounds decimals/,
  ],
  [
    'lose digits of doubles',
    'CREATE TABLE filas (a FLOAT)',
    shapeOf({ name: 'filas', columns: { a: { kind: 'double' } } }),
    /holds float/,
  ],
  [
    'number rows without a value by themselves',
    'CREATE TABLE filas (a INT AUTO_INCREMENT PRIMARY KEY)',
    shapeOf({ name: 'filas', columns: { a: INTEGER } }),
    /fills itself/,
  ],
  [
    'lack the columns that first and last need',
    'CREATE TABLE cuentas (clave VARCHAR(50) COLLATE utf8mb4_bin PRIMARY KEY, n BIGINT, d DATETIME)',
    shapeOf({
      name: 'cuentas',
      columns: { clave: TEXT, n: INTEGER, d: { kind: 'timestamp', fraction: false } },
      key: ['clave'],
      merge: { n: { kind: 'first', by: 'd' }, d: { kind: 'min' } },
    }),
    /ADD COLUMN `_cauce_by_n` DATETIME/,
  ],
]

for (const server of ['mariadb', 'mysql'] as const) {
  const kit = mysqlKit(() => sharedSql(server))

  describeNeeding(server)(`tables of ${server}`, () => {
    test.for(REFUSED)('that %s are refused', async ([, sql, shape, words]) => {
      await using bed = await TestBed.make(kit)
      await bed.database.run(sql)
      await expect(bed.destination.prepare([shape])).rejects.toMatchObject({
        code: 'DESTINATION_SHAPE',
        details: { table: shape.name, detail: expect.stringMatching(words) },
      })
    })

    test('that were refused for their collation are taken after the ALTER they were told to run', async () => {
      await using bed = await TestBed.make(kit)
      await bed.database.run(
        'CREATE TABLE cuentas (clave VARCHAR(50) COLLATE utf8mb4_general_ci PRIMARY KEY, n BIGINT)',
      )
      const refused = await bed.destination.prepare([MERGED]).catch((error: unknown) => error)
      const sql =
        /ALTER TABLE .*/.exec((refused as { details: { detail: string } }).details.detail)?.[0] ?? ''
      await bed.database.run(sql)
      const rows = [
        ['pena', '1'],
        ['peña', '2'],
      ]
      expect(await bed.load({ item: 'a', tables: [await bed.table(MERGED, rows)] })).toEqual({
        kind: 'loaded',
      })
      expect(await bed.rows(MERGED)).toEqual(rows)
    })

    test('with a number of their own beside the key are merged by the key', async () => {
      await using bed = await TestBed.make(kit)
      await bed.database.run(
        'CREATE TABLE cuentas (id BIGINT AUTO_INCREMENT PRIMARY KEY, clave VARCHAR(50) COLLATE utf8mb4_bin NOT NULL, n INT, UNIQUE (clave))',
      )
      for (const item of ['a', 'b']) await bed.load({ item, tables: [await bed.table(MERGED, [['k', '1']])] })
      expect(await bed.rows(MERGED)).toEqual([['k', '2']])
    })

    test('whose key ignores trailing blanks refuse keys that end with one', async () => {
      await using bed = await TestBed.make(kit)
      await bed.database.run(
        'CREATE TABLE cuentas (clave VARCHAR(50) COLLATE utf8mb4_bin PRIMARY KEY, n BIGINT)',
      )
      const tables = [
        await bed.table(MERGED, [
          ['a', '1'],
          ['a ', '1'],
        ]),
      ]
      await expect(bed.load({ item: 'a', tables })).rejects.toMatchObject({
        code: 'DESTINATION_REFUSED_ROWS',
        details: { detail: expect.stringContaining('end with a blank') },
      })
      expect(await bed.rows(MERGED)).toEqual([])
    })

    test('without room for fractions of a second refuse the rows that have some', async () => {
      await using bed = await TestBed.make(kit)
      await bed.database.run('CREATE TABLE filas (a DATETIME, b TIME)')
      const shape = shapeOf({ name: 'filas', columns: { a: { kind: 'timestamp' }, b: { kind: 'time' } } })
      const whole = await bed.table(shape, [['2013-01-01 00:00:00', '10:00:00']])
      const parts = [
        await bed.table(shape, [['2013-01-01 00:00:00.5', null]]),
        await bed.table(shape, [[null, '10:00:00.000001']]),
      ]
      for (const [position, table] of parts.entries())
        await expect(bed.load({ item: `parte ${position}`, tables: [table] })).rejects.toMatchObject({
          code: 'DESTINATION_REFUSED_ROWS',
        })
      expect(await bed.load({ item: 'entera', tables: [whole] })).toEqual({ kind: 'loaded' })
      expect(await bed.rows(shape)).toEqual([['2013-01-01 00:00:00', '10:00:00']])
    })

    test('show whole seconds as such when the pipeline knows no fractions', async () => {
      await using bed = await TestBed.make(kit)
      const shape = shapeOf({
        name: 'filas',
        columns: { entera: { kind: 'timestamp', fraction: false }, fina: { kind: 'timestamp' } },
      })
      await bed.load({
        item: 'a',
        tables: [await bed.table(shape, [['2013-01-01 10:00:00', '2013-01-01 10:00:00']])],
      })
      expect(await bed.database.read('filas', ['entera', 'fina'])).toEqual([
        ['2013-01-01 10:00:00', '2013-01-01 10:00:00.000000'],
      ])
    })

    test('refuse a row whose unique value is there already, and the load with it', async () => {
      await using bed = await TestBed.make(kit)
      await bed.database.run('CREATE TABLE filas (a VARCHAR(50) UNIQUE)')
      expect(await bed.load({ item: 'a', tables: [await bed.table(FILAS, [['x']])] })).toEqual({
        kind: 'loaded',
      })
      const again = bed.load({ item: 'b', tables: [await bed.table(FILAS, [['y'], ['x']])] })
      await expect(again).rejects.toMatchObject({ code: 'DESTINATION_REFUSED_ROWS' })
      expect(await bed.rows(FILAS)).toEqual([['x']])
    })

    test('refuse texts that are too long or of characters they cannot hold, and name the column', async () => {
      await using bed = await TestBed.make(kit)
      await bed.database.run('CREATE TABLE filas (a VARCHAR(3) CHARACTER SET latin1)')
      for (const text of ['abcd', 'a😀', 'abc '])
        await expect(
          bed.load({ item: text, tables: [await bed.table(FILAS, [['x'], [text]])] }),
        ).rejects.toMatchObject({
          code: 'DESTINATION_REFUSED_ROWS',
          details: { table: 'filas', detail: expect.stringMatching(/^column a, staged row 2: /) },
        })
      expect(await bed.rows(FILAS)).toEqual([])
    })

    test('take a sum that outgrows its column as refused rows', async () => {
      await using bed = await TestBed.make(kit)
      await bed.database.run(
        'CREATE TABLE cuentas (clave VARCHAR(50) COLLATE utf8mb4_bin PRIMARY KEY, n TINYINT)',
      )
      expect(await bed.load({ item: 'a', tables: [await bed.table(MERGED, [['k', '100']])] })).toEqual({
        kind: 'loaded',
      })
      await expect(
        bed.load({ item: 'b', tables: [await bed.table(MERGED, [['k', '100']])] }),
      ).rejects.toMatchObject({ code: 'DESTINATION_REFUSED_ROWS' })
      expect(await bed.rows(MERGED)).toEqual([['k', '100']])
    })

    test('with more text than a row can hold as VARCHAR are made all the same', async () => {
      await using bed = await TestBed.make(kit)
      const columns = Object.fromEntries(
        Array.from({ length: 30 }, (_unused, number) => [
          `c${number}`,
          { kind: 'text', maxLength: 1_000 } as const,
        ]),
      )
      const shape = shapeOf({ name: 'ancha', columns })
      const row = Object.keys(columns).map((name) => name.repeat(200))
      expect(await bed.load({ item: 'a', tables: [await bed.table(shape, [row])] })).toEqual({
        kind: 'loaded',
      })
      expect(await bed.rows(shape)).toEqual([row])
    })

    test('that changed since they were looked at are looked at again', async () => {
      await using bed = await TestBed.make(kit)
      const tables = [await bed.table(FILAS, [['x']])]
      expect(await bed.load({ item: 'a', tables })).toEqual({ kind: 'loaded' })
      await bed.database.run('DROP TABLE filas')
      await expect(bed.load({ item: 'b', tables })).rejects.toMatchObject({ code: 'DESTINATION_SHAPE' })
      expect(await bed.load({ item: 'b', tables })).toEqual({ kind: 'loaded' })
    })

    test('with names MySQL cannot have are refused by name', async () => {
      await using bed = await TestBed.make(kit)
      for (const name of ['', 'a ', '😀', 'x'.repeat(65)])
        await expect(
          bed.destination.prepare([shapeOf({ name, columns: { a: TEXT } })]),
        ).rejects.toMatchObject({
          code: 'DESTINATION_SHAPE',
        })
    })
  })
}
