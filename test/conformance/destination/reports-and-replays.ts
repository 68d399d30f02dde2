import { describe, expect, test } from 'vitest'
import type { ReportRow } from '../../../packages/cauce/src/connectors/destination.ts'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { shapeOf, TestBed } from './test-bed.ts'

const INFORME = shapeOf({
  name: 'bitacora',
  columns: { archivo: TEXT, sha256: TEXT, filas: INTEGER, fin: { kind: 'timestamp', fraction: false } },
  identity: ['archivo', 'sha256'],
})
const FILAS = shapeOf({ name: 'filas', columns: { a: TEXT } })

export function reportsAndReplays(kit: DestinationKit): void {
  describe('the report', () => {
    test('has one row per item version, the latest word', async () => {
      await using bed = await TestBed.make(kit)
      await bed.destination.prepare([INFORME])
      await bed.destination.writeReport(row('a.csv', null, 1))
      await bed.destination.writeReport(row('a.csv', null, 2))
      await bed.destination.writeReport(row('b.csv', null, 9))
      expect(await bed.rows(INFORME)).toEqual([
        ['a.csv', null, '2', FIN],
        ['b.csv', null, '9', FIN],
      ])
      await bed.destination.writeReport(row('a.csv', 'abc', 3))
      await bed.destination.writeReport(row('a.csv', 'def', 7))
      await bed.load({ item: 'a.csv', report: row('a.csv', 'abc', 4) })
      await bed.load({ item: 'á.csv', report: row('á.csv', 'abc', 5) })
      expect(await bed.rows(INFORME)).toEqual([
        ['a.csv', 'abc', '4', FIN],
        ['a.csv', 'def', '7', FIN],
        ['b.csv', null, '9', FIN],
        ['á.csv', 'abc', '5', FIN],
      ])
    })

    test('is not written when the load is not', async () => {
      await using bed = await TestBed.make(kit)
      const tables = [await bed.table(FILAS, [['x']], { rows: 2 })]
      await expect(bed.load({ item: 'a.csv', tables, report: row('a.csv', 'abc', 1) })).rejects.toMatchObject(
        {
          code: 'ACCOUNTING_MISMATCH',
        },
      )
      await bed.load({ item: 'b.csv', report: row('b.csv', 'abc', 1) })
      await bed.load({ item: 'b.csv', report: row('b.csv', 'abc', 2) })
      expect(await bed.rows(INFORME)).toEqual([['b.csv', 'abc', '1', FIN]])
    })

    test('of many loads side by side has every row', async () => {
      await using bed = await TestBed.make(kit)
      await bed.destination.prepare([INFORME, FILAS])
      const rivals = [bed.destination, await bed.rival(), await bed.rival()]
      const tables = [await bed.table(FILAS, [['x']])]
      await Promise.all(
        rivals.map(async (by, rival) => {
          for (let item = 0; item < 6; item++) {
            const name = `${rival}-${item}`
            await bed.load({ item: name, tables, report: row(name, 'abc', item) }, { by })
          }
        }),
      )
      expect(await bed.rows(INFORME)).toHaveLength(18)
    })
  })

  describe('replayed rows', () => {
    const origin = 'a'.repeat(64)

    test('are loaded once, and the ones that were loaded already are named', async () => {
      await using bed = await TestBed.make(kit)
      const tables = [await bed.table(FILAS, [['x'], ['y']])]
      const marks = (...records: readonly number[]) =>
        records.map((record) => ({ originLoad: origin, record }))
      expect(await bed.load({ item: 'uno', tables, replayed: marks(3, 7) })).toEqual({ kind: 'loaded' })
      expect(await bed.load({ item: 'dos', tables, replayed: marks(9, 7) })).toEqual({
        kind: 'already_replayed',
        rows: marks(7),
      })
      expect(await bed.load({ item: 'tres', tables, replayed: marks(9) })).toEqual({ kind: 'loaded' })
      expect(await bed.rows(FILAS)).toHaveLength(4)
      expect([...(await bed.destination.replayedRecords(origin))].toSorted((a, b) => a - b)).toEqual([
        3, 7, 9,
      ])
      expect(await bed.destination.replayedRecords('b'.repeat(64))).toEqual(new Set())
    })

    test('may be many', async () => {
      await using bed = await TestBed.make(kit)
      const replayed = Array.from({ length: 5_000 }, (_unused, record) => ({ originLoad: origin, record }))
      expect(await bed.load({ item: 'uno', replayed })).toEqual({ kind: 'loaded' })
      const again = await bed.load({ item: 'dos', replayed: replayed.slice(4_990) })
      expect(again).toMatchObject({ kind: 'already_replayed' })
      expect(await bed.destination.replayedRecords(origin)).toHaveProperty('size', 5_000)
    })

    test('of rivals are loaded by exactly one', async () => {
      await using bed = await TestBed.make(kit)
      await bed.destination.prepare([FILAS])
      const rivals = [bed.destination, await bed.rival(), await bed.rival()]
      const tables = [await bed.table(FILAS, [['x']])]
      for (let round = 0; round < 5; round++) {
        const replayed = [1, 2, 3].map((record) => ({ originLoad: origin, record: record + round * 10 }))
        const results = await Promise.all(
          rivals.map(async (by, rival) => bed.load({ item: `${round} ${rival}`, tables, replayed }, { by })),
        )
        expect(results.filter(({ kind }) => kind === 'loaded')).toHaveLength(1)
        expect(results.filter(({ kind }) => kind === 'already_replayed')).toHaveLength(2)
      }
      expect(await bed.rows(FILAS)).toHaveLength(5)
    })
  })
}

const FIN = '2013-02-28 10:00:00'

function row(archivo: string, sha256: string | null, filas: number): ReportRow {
  return { table: INFORME, values: { archivo, sha256, filas, fin: FIN } }
}
