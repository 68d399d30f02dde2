import { describe, expect, test } from 'vitest'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { shapeOf, TestBed } from './test-bed.ts'

const FILAS = shapeOf({
  name: 'filas',
  columns: { nombre: TEXT, n: INTEGER, importe: { kind: 'decimal', precision: 12, scale: 2 } },
})

export function queries(kit: DestinationKit): void {
  describe('a query', () => {
    const made = async (): Promise<TestBed> => {
      const bed = await TestBed.make(kit)
      const rows = [
        ['ñandú', '1', '0.10'],
        ['a,"b"', '9007199254740993', '12345678.90'],
        [null, '-3', null],
      ]
      await bed.load({ item: 'a.csv', tables: [await bed.table(FILAS, rows)] })
      return bed
    }
    const ask = async (bed: TestBed, sql: string, limit = 10) => bed.destination.query(sql, { limit })

    test('is answered with its columns and rows, numbers that would lose digits as text', async () => {
      await using bed = await made()
      const { columns, rows, hasMore } = await ask(bed, 'SELECT n, nombre, importe FROM filas ORDER BY n')
      expect(columns).toEqual(['n', 'nombre', 'importe'])
      expect(rows).toEqual([
        [-3, null, null],
        [1, 'ñandú', '0.10'],
        ['9007199254740993', 'a,"b"', '12345678.90'],
      ])
      expect(hasMore).toBe(false)
      expect((await ask(bed, 'SHOW TABLES')).rows.map(([name]) => name)).toContain('filas')
      expect((await ask(bed, 'DESCRIBE filas')).rows).toHaveLength(3)
      expect(await ask(bed, ' -- nothing\n (SELECT 1 AS uno WHERE 1 = 2);')).toMatchObject({
        columns: ['uno'],
        rows: [],
      })
    })

    test('is answered no further than asked', async () => {
      await using bed = await made()
      const sql = 'SELECT n FROM filas ORDER BY n'
      expect(await ask(bed, sql, 2)).toEqual({ columns: ['n'], rows: [[-3], [1]], hasMore: true })
      expect((await ask(bed, sql, 3)).hasMore).toBe(false)
      // Few of these could be held, and none is waited for.
      const many =
        'SELECT a.n FROM filas a, filas b, filas c, filas d, filas e, filas f, filas g, filas h, filas i'
      expect((await ask(bed, many, 5)).rows).toHaveLength(5)
      expect(await ask(bed, sql, 3)).toMatchObject({ rows: { length: 3 } })
    })

    test.each([
      'DELETE FROM filas',
      "INSERT INTO filas (nombre) VALUES ('x')",
      'CREATE TABLE otra (a INT)',
      'DROP TABLE filas',
      'COMMIT',
      'SET autocommit = 1',
      '/* SELECT */ DROP TABLE filas',
      '',
      '-- SELECT 1',
    ])('that is none is refused, and nothing happens: %j', async (sql) => {
      await using bed = await made()
      await expect(ask(bed, sql)).rejects.toMatchObject({ code: 'QUERY_READS_ONLY' })
      expect(await bed.rows(FILAS)).toHaveLength(3)
      expect(await bed.database.tables()).not.toContain('otra')
      expect((await ask(bed, 'SELECT count(*) FROM filas')).rows).toEqual([[3]])
    })

    test.each(['SELECT 1; DROP TABLE filas', 'SELEC 1', 'SELECT nope FROM filas', 'SELECT * FROM nope'])(
      'that cannot be understood says why and leaves the destination usable: %j',
      async (sql) => {
        await using bed = await made()
        await expect(ask(bed, sql)).rejects.toMatchObject({
          code: expect.stringMatching(/^QUERY_(INVALID|READS_ONLY)$/) as string,
        })
        await bed.load({ item: 'b.csv', tables: [await bed.table(FILAS, [['z', '4', '1.00']])] })
        expect((await ask(bed, 'SELECT count(*) FROM filas')).rows).toEqual([[4]])
      },
    )
  })
}
