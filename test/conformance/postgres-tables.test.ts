import { expect, test } from 'vitest'
import type { TableShape } from '../../packages/cauce/src/connectors/destination.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { postgresKit } from './destination/postgres-kit.ts'
import { INTEGER, TEXT } from './destination/round-trip.ts'
import { shapeOf, TestBed } from './destination/test-bed.ts'

const kit = postgresKit(() => sharedPostgres())

const MERGED = shapeOf({
  name: 'cuentas',
  columns: { clave: TEXT, n: INTEGER },
  key: ['clave'],
  merge: { n: { kind: 'sum' } },
})
const FILAS = shapeOf({ name: 'filas', columns: { a: TEXT } })
const FOLDS = "CREATE COLLATION dobla (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"

/** Tables that must be refused: how they are made, what is loaded, and what the message must name. */
const REFUSED: readonly (readonly [string, string, TableShape, RegExp])[] = [
  [
    'are merged without a unique key over exactly the key',
    'CREATE TABLE cuentas (clave text NOT NULL, n bigint)',
    MERGED,
    /CREATE UNIQUE INDEX ON "public"."cuentas" \("clave"\)/,
  ],
  [
    'have a key over more than the key',
    'CREATE TABLE cuentas (clave text, n bigint, PRIMARY KEY (clave, n))',
    MERGED,
    /exactly clave/,
  ],
  [
    'have a key over some rows only',
    'CREATE TABLE cuentas (clave text, n bigint); CREATE UNIQUE INDEX ON cuentas (clave) WHERE n > 0',
    MERGED,
    /exactly clave/,
  ],
  [
    'have a key over an expression',
    'CREATE TABLE cuentas (clave text, n bigint); CREATE UNIQUE INDEX ON cuentas (lower(clave))',
    MERGED,
    /exactly clave/,
  ],
  [
    'check their key only at the end',
    'CREATE TABLE cuentas (clave text UNIQUE DEFERRABLE, n bigint)',
    MERGED,
    /exactly clave/,
  ],
  [
    'compare keys without regard to accents',
    `${FOLDS}; CREATE TABLE cuentas (clave text COLLATE dobla PRIMARY KEY, n bigint)`,
    MERGED,
    /dobla.*ALTER TABLE "public"."cuentas" ALTER COLUMN "clave" TYPE text COLLATE "C"/,
  ],
  [
    'compare keys without regard to blanks at the end',
    'CREATE TABLE cuentas (clave char(10) PRIMARY KEY, n bigint)',
    MERGED,
    /character\(10\)/,
  ],
  ['add up texts', 'CREATE TABLE cuentas (clave text PRIMARY KEY, n text)', MERGED, /added up/],
  ['are views', 'CREATE VIEW filas AS SELECT 1 AS a', FILAS, /view/],
  [
    'compute the column themselves',
    "CREATE TABLE filas (b int, a text GENERATED ALWAYS AS ('x') STORED)",
    FILAS,
    /column a is filled by the table/,
  ],
  ['turn texts into numbers', 'CREATE TABLE filas (a int)', FILAS, /column a holds integer/],
  [
    'round decimals',
    'CREATE TABLE filas (a int)',
    shapeOf({ name: 'filas', columns: { a: { kind: 'decimal', precision: 9, scale: 2 } } }),
    /rounds decimals/,
  ],
  [
    'lose digits of doubles',
    'CREATE TABLE filas (a real)',
    shapeOf({ name: 'filas', columns: { a: { kind: 'double' } } }),
    /holds real/,
  ],
  [
    'have one column for two of the pipeline',
    'CREATE TABLE filas (a text)',
    shapeOf({ name: 'filas', columns: { a: TEXT, A: TEXT } }),
    /both go into a/,
  ],
  [
    'lack the columns that first and last need',
    'CREATE TABLE cuentas (clave text PRIMARY KEY, n bigint, d timestamp)',
    shapeOf({
      name: 'cuentas',
      columns: { clave: TEXT, n: INTEGER, d: { kind: 'timestamp', fraction: false } },
      key: ['clave'],
      merge: { n: { kind: 'first', by: 'd' }, d: { kind: 'min' } },
    }),
    /ADD COLUMN "_cauce_by_n" timestamp/,
  ],
]

describeNeeding('postgres')('tables of postgres', () => {
  test('that do not fit are refused, and the message says why and what to run', async () => {
    await using bed = await TestBed.make(kit)
    for (const [title, sql, shape, words] of REFUSED) {
      await bed.database.run(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${sql}`)
      await expect(bed.destination.prepare([shape]), title).rejects.toMatchObject({
        code: 'DESTINATION_SHAPE',
        details: { table: shape.name, detail: expect.stringMatching(words) },
      })
    }
  })

  test('that were refused for their collation are taken after the ALTER they were told to run', async () => {
    await using bed = await TestBed.make(kit)
    await bed.database.run(`${FOLDS}; CREATE TABLE cuentas (clave text COLLATE dobla PRIMARY KEY, n bigint)`)
    const refused = await bed.destination.prepare([MERGED]).catch((error: unknown) => error)
    const { detail } = (refused as { details: { detail: string } }).details
    await bed.database.run(/ALTER TABLE .*/.exec(detail)?.[0] ?? '')
    const rows = [
      ['pena', '1'],
      ['peña', '2'],
    ]
    const tables = [await bed.table(MERGED, rows)]
    expect(await bed.load({ item: 'a', tables })).toEqual({ kind: 'loaded' })
    expect(await bed.rows(MERGED)).toEqual(rows)
  })

  test('whose columns were written without capitals are found by a pipeline that uses them', async () => {
    await using bed = await TestBed.make(kit)
    await bed.database.run('CREATE TABLE visitas (FechaAlta date, Nombre text)')
    const shape = shapeOf({ name: 'visitas', columns: { fechaAlta: { kind: 'date' }, Nombre: TEXT } })
    await bed.load({ item: 'a', tables: [await bed.table(shape, [['2013-02-28', 'Peña']])] })
    expect(await bed.database.read('visitas', ['fechaalta', 'nombre'])).toEqual([['2013-02-28', 'Peña']])
  })

  test('with a number of their own beside the key, or in parts, are merged by the key', async () => {
    for (const sql of [
      'CREATE TABLE cuentas (id bigserial PRIMARY KEY, clave text NOT NULL UNIQUE, n int)',
      `CREATE TABLE cuentas (clave text PRIMARY KEY, n int) PARTITION BY HASH (clave);
      CREATE TABLE c0 PARTITION OF cuentas FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE c1 PARTITION OF cuentas FOR VALUES WITH (MODULUS 2, REMAINDER 1)`,
      "CREATE DOMAIN palabra AS varchar(9) CHECK (VALUE <> ''); CREATE TABLE cuentas (clave palabra PRIMARY KEY, n numeric)",
    ]) {
      await using bed = await TestBed.make(kit)
      await bed.database.run(sql)
      for (const item of ['a', 'b'])
        await bed.load({
          item,
          tables: [
            await bed.table(MERGED, [
              ['k', '1'],
              ['l', '2'],
            ]),
          ],
        })
      expect(await bed.rows(MERGED)).toEqual([
        ['k', '2'],
        ['l', '4'],
      ])
    }
  })

  test('that would cut or round a value without a word refuse it, and keep what fits', async () => {
    await using bed = await TestBed.make(kit)
    await bed.database.run(
      'CREATE TABLE filas (v varchar(3), c char(3), d numeric(6, 1), m timestamp(0), z timestamptz(3), h time(0))',
    )
    const shape = shapeOf({
      name: 'filas',
      columns: {
        v: TEXT,
        c: TEXT,
        d: { kind: 'decimal', precision: 9, scale: 3 },
        m: { kind: 'timestamp' },
        z: { kind: 'timestamp' },
        h: { kind: 'time' },
      },
    })
    const good = ['abc', 'abc', '12345.6', '2013-01-01 00:00:00', '2013-01-01 00:00:00.123', '10:00:00']
    const bad = [
      'abc ',
      'ab ',
      '0.05',
      '2013-01-01 00:00:00.5',
      '2013-01-01 00:00:00.1234',
      '10:00:00.000001',
    ]
    for (const [position, value] of bad.entries())
      await expect(
        bed.load({ item: value, tables: [await bed.table(shape, [good, good.with(position, value)])] }),
        value,
      ).rejects.toMatchObject({
        code: 'DESTINATION_REFUSED_ROWS',
        details: { table: 'filas', detail: expect.stringMatching(/^column \w: 1 values that/) },
      })
    expect(await bed.load({ item: 'buena', tables: [await bed.table(shape, [good])] })).toEqual({
      kind: 'loaded',
    })
    expect(await bed.rows(shape)).toEqual([[...good.slice(0, 4), '2013-01-01 09:00:00.123+09', '10:00:00']])
  })

  test('take moments as UTC where they keep a zone, and give them back so', async () => {
    await using bed = await TestBed.make(kit)
    await bed.database.run('CREATE TABLE filas (a timestamptz)')
    const shape = shapeOf({ name: 'filas', columns: { a: { kind: 'timestamp' } } })
    await bed.load({ item: 'a', tables: [await bed.table(shape, [['2013-01-01 12:00:00']])] })
    const { rows } = await bed.destination.query("SELECT a AT TIME ZONE 'UTC' FROM filas", { limit: 1 })
    expect(rows).toEqual([['2013-01-01 12:00:00']])
  })

  test('refuse what does not fit, naming column and reason and never the value', async () => {
    const cases: readonly (readonly [string, TableShape, string, RegExp])[] = [
      ['filas (a text UNIQUE)', FILAS, 'secreto', /there already \(constraint filas_a_key\)/],
      ["filas (a text CHECK (a <> 'secreto'))", FILAS, 'secreto', /check constraint/],
      ['filas (a text NOT NULL)', FILAS, '', /^loaded/],
      [
        'filas (a smallint)',
        shapeOf({ name: 'filas', columns: { a: INTEGER } }),
        '70000',
        /^column a, staged line 2: out of range/,
      ],
    ]
    for (const [table, shape, value, words] of cases) {
      await using bed = await TestBed.make(kit)
      await bed.database.run(`CREATE TABLE ${table}`)
      const first = shape === FILAS ? 'x' : '1'
      const tables = [await bed.table(shape, [[first], [value]])]
      if (table.includes('UNIQUE')) await bed.database.run("INSERT INTO filas VALUES ('secreto')")
      const ended = await bed.load({ item: 'a', tables }).catch((error: unknown) => error)
      const detail = (ended as { details?: { detail: string } }).details?.detail ?? 'loaded'
      expect(detail, table).toMatch(words)
      expect(JSON.stringify([String(ended), ended])).not.toMatch(/secreto|70000/)
    }
  })

  test('refuse a text with NUL, naming column and row', async () => {
    await using bed = await TestBed.make(kit)
    const shape = shapeOf({ name: 'filas', columns: { a: TEXT, b: TEXT } })
    const rows = [
      ['x "y",\n', null],
      ['z', 'a\0b'],
    ]
    await expect(bed.load({ item: 'a', tables: [await bed.table(shape, rows)] })).rejects.toMatchObject({
      code: 'DESTINATION_REFUSED_ROWS',
      class: 'layout',
      details: { table: 'filas', detail: expect.stringMatching(/^column b, staged row 2: .*NUL/) },
    })
    expect(await bed.rows(shape)).toEqual([])
    const json = shapeOf({ name: 'doc', columns: { a: { kind: 'json' } } })
    await expect(
      bed.load({ item: 'b', tables: [await bed.table(json, [[String.raw`"a\u0000b"`]])] }),
    ).rejects.toMatchObject({ code: 'DESTINATION_REFUSED_ROWS' })
  })

  test('take texts that look like the end of the rows', async () => {
    await using bed = await TestBed.make(kit)
    const rows = [['\\.'], ['a\n\\.\nb'], ['\\.\n'], ['last']]
    expect(await bed.load({ item: 'a', tables: [await bed.table(FILAS, rows)] })).toEqual({ kind: 'loaded' })
    expect(await bed.rows(FILAS)).toHaveLength(4)
  })

  test('take a sum that outgrows its column as refused rows', async () => {
    await using bed = await TestBed.make(kit)
    await bed.database.run('CREATE TABLE cuentas (clave text PRIMARY KEY, n smallint)')
    const load = async (item: string) =>
      bed.load({ item, tables: [await bed.table(MERGED, [['k', '30000']])] })
    expect(await load('a')).toEqual({ kind: 'loaded' })
    await expect(load('b')).rejects.toMatchObject({ code: 'DESTINATION_REFUSED_ROWS' })
    expect(await bed.rows(MERGED)).toEqual([['k', '30000']])
  })

  test('are replaced whole while others read them', async () => {
    await using bed = await TestBed.make(kit)
    const load = async (item: string, rows: string[][]) =>
      bed.load({ item, tables: [await bed.table(FILAS, rows, { mode: 'replace' })] })
    await load('a', [['x'], ['y']])
    await bed.database.run('BEGIN; SELECT * FROM filas')
    expect(await load('b', [['z']])).toEqual({ kind: 'loaded' })
    await bed.database.run('COMMIT')
    expect(await bed.rows(FILAS)).toEqual([['z']])
  })

  test('that changed since they were looked at are looked at again', async () => {
    await using bed = await TestBed.make(kit)
    const tables = [await bed.table(FILAS, [['x']])]
    expect(await bed.load({ item: 'a', tables })).toEqual({ kind: 'loaded' })
    await bed.database.run('DROP TABLE filas')
    await expect(bed.load({ item: 'b', tables })).rejects.toMatchObject({
      code: 'DESTINATION_SHAPE',
    })
    expect(await bed.load({ item: 'b', tables })).toEqual({ kind: 'loaded' })
  })

  test('with names PostgreSQL cannot have, or would cut, are refused by name', async () => {
    await using bed = await TestBed.make(kit)
    for (const name of ['', 'a\0b', 'x'.repeat(64), 'ñ'.repeat(32)])
      await expect(bed.destination.prepare([shapeOf({ name, columns: { a: TEXT } })])).rejects.toMatchObject({
        code: 'DESTINATION_SHAPE',
      })
    for (const columns of [{ ['y'.repeat(64)]: TEXT }, { ctid: TEXT }])
      await expect(bed.destination.prepare([shapeOf({ name: 'filas', columns })])).rejects.toMatchObject({
        code: 'DESTINATION_SHAPE',
      })
    const fits = shapeOf({ name: 'ñ'.repeat(31), columns: { '😀': TEXT, ['x'.repeat(63)]: TEXT } })
    await bed.destination.prepare([fits])
  })

  test('of more columns than PostgreSQL knows are refused as such', async () => {
    await using bed = await TestBed.make(kit)
    const columns = Object.fromEntries(Array.from({ length: 2_000 }, (_unused, n) => [`c${n}`, TEXT]))
    await expect(bed.destination.prepare([shapeOf({ name: 'ancha', columns })])).rejects.toMatchObject({
      code: 'DESTINATION_SHAPE',
      details: { table: 'ancha' },
    })
  })
})
