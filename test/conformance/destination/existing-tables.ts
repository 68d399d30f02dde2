import { describe, expect, test } from 'vitest'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { shapeOf, TestBed } from './test-bed.ts'

export function existingTables(kit: DestinationKit): void {
  describe('tables that exist', () => {
    test('are loaded by column name; other columns keep their defaults', async () => {
      await using bed = await TestBed.make(kit)
      const q = (name: string): string => bed.database.quoteName(name)
      await bed.database.run(
        `CREATE TABLE ${q('clientes')} (${q('extra')} INTEGER NOT NULL DEFAULT 7, ${q('nombre')} VARCHAR(50), ${q('libre')} VARCHAR(10), ${q('edad')} BIGINT)`,
      )
      const shape = shapeOf({
        name: 'clientes',
        columns: { edad: INTEGER, nombre: { kind: 'text', maxLength: 50 } },
      })
      const tables = [await bed.table(shape, [['41', 'Peña']])]
      expect(await bed.load({ item: 'a', tables })).toEqual({ kind: 'loaded' })
      const wide = {
        ...shape,
        columns: [
          ...shape.columns,
          ...shapeOf({ name: '', columns: { extra: INTEGER, libre: TEXT } }).columns,
        ],
      }
      expect(await bed.rows(wide)).toEqual([['41', 'Peña', '7', null]])
    })

    test('without a column of the pipeline are refused, naming table, column and remedy', async () => {
      await using bed = await TestBed.make(kit)
      const q = (name: string): string => bed.database.quoteName(name)
      await bed.database.run(`CREATE TABLE ${q('clientes')} (${q('nombre')} VARCHAR(50))`)
      const shape = shapeOf({ name: 'clientes', columns: { edad: INTEGER, nombre: TEXT } })
      await expect(bed.destination.prepare([shape])).rejects.toMatchObject({
        code: 'DESTINATION_SHAPE',
        details: { table: 'clientes', detail: expect.stringMatching(/edad.*ALTER TABLE/s) },
      })
    })

    test('with a column that must be given and is not are refused', async () => {
      await using bed = await TestBed.make(kit)
      const q = (name: string): string => bed.database.quoteName(name)
      await bed.database.run(
        `CREATE TABLE ${q('clientes')} (${q('nombre')} VARCHAR(50), ${q('obligada')} INTEGER NOT NULL)`,
      )
      await expect(
        bed.destination.prepare([shapeOf({ name: 'clientes', columns: { nombre: TEXT } })]),
      ).rejects.toMatchObject({
        code: 'DESTINATION_SHAPE',
        details: { table: 'clientes', detail: expect.stringContaining('obligada') },
      })
    })

    test('refuse rows they cannot hold as they are, and nothing of the item is stored', async () => {
      await using bed = await TestBed.make(kit)
      const q = (name: string): string => bed.database.quoteName(name)
      await bed.database.run(`CREATE TABLE ${q('angosta')} (${q('a')} VARCHAR(100), ${q('n')} SMALLINT)`)
      const narrow = shapeOf({ name: 'angosta', columns: { a: TEXT, n: INTEGER } })
      const other = shapeOf({ name: 'otra', columns: { a: TEXT } })
      const sketch = {
        item: 'a',
        tables: [
          await bed.table(other, [['x']]),
          await bed.table(narrow, [
            ['secreto', '5'],
            ['secreto', '70000'],
          ]),
        ],
      }
      const refused = await bed.load(sketch).catch((error: unknown) => error)
      expect(refused).toMatchObject({ code: 'DESTINATION_REFUSED_ROWS', details: { table: 'angosta' } })
      expect(String(refused)).not.toMatch(/secreto|70000/)
      expect(await bed.rows(narrow)).toEqual([])
      expect(await bed.rows(other)).toEqual([])
      expect(await bed.destination.findLoad(bed.request(sketch).record.loadKey)).toBeUndefined()
    })

    test('that were made by us are found again by another process, which makes nothing', async () => {
      await using bed = await TestBed.make(kit)
      const shapes = [
        shapeOf({ name: 'filas', columns: { a: TEXT } }),
        shapeOf({
          name: 'cuentas',
          columns: { clave: TEXT, cuando: { kind: 'timestamp' }, valor: TEXT },
          key: ['clave'],
          merge: { cuando: { kind: 'max' }, valor: { kind: 'last', by: 'cuando' } },
        }),
        shapeOf({ name: 'informe', columns: { archivo: TEXT, filas: INTEGER }, identity: ['archivo'] }),
      ]
      const rivals = [bed.destination, await bed.rival(), await bed.rival()]
      await Promise.all(rivals.map(async (rival) => rival.prepare(shapes)))
      const before = await bed.database.tables()
      const later = await bed.rival()
      await later.prepare(shapes)
      expect(await bed.database.tables()).toEqual(before)
      expect(before).toEqual(expect.arrayContaining(['filas', 'cuentas', 'informe', 'cauce_loads']))
    })
  })
}
