import { describe, expect, test } from 'vitest'
import type { LoadRecord, TableLoad } from '../../../packages/cauce/src/connectors/destination.ts'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { shapeOf, TestBed } from './test-bed.ts'

const FILAS = shapeOf({ name: 'filas', columns: { a: { kind: 'text', maxLength: 5 }, n: INTEGER } })
const CUENTAS = shapeOf({
  name: 'cuentas',
  columns: { clave: TEXT, n: INTEGER, d: { kind: 'decimal', precision: 10, scale: 2 } },
  key: ['clave'],
  merge: { n: { kind: 'sum' }, d: { kind: 'sum' } },
})

export function accounting(kit: DestinationKit): void {
  describe('the accounting', () => {
    test('rolls everything back when an appended table has another number of rows', async () => {
      await using bed = await TestBed.make(kit)
      for (const rows of [1, 3]) expect(await storedBy(bed, { rows }, 'filas')).toEqual(NOTHING)
    })

    test('rolls everything back when a merged table has another number of rows', async () => {
      await using bed = await TestBed.make(kit)
      for (const rows of [1, 3]) expect(await storedBy(bed, { rows }, 'cuentas')).toEqual(NOTHING)
    })

    test('rolls everything back when a sum is another', async () => {
      await using bed = await TestBed.make(kit)
      expect(await storedBy(bed, { sums: { n: '4', d: '2.51' } }, 'cuentas')).toEqual(NOTHING)
      expect(await storedBy(bed, { sums: { n: '3', d: '2.50' } }, 'cuentas')).toEqual(NOTHING)
    })

    test('takes the same sum in another spelling', async () => {
      await using bed = await TestBed.make(kit)
      const tables = [await bed.table(CUENTAS, cuentas, { sums: { n: '3', d: '02.5100' } })]
      expect(await bed.load({ item: 'a', tables })).toEqual({ kind: 'loaded' })
    })

    test('refuses a record whose rows do not add up', async () => {
      await using bed = await TestBed.make(kit)
      const counts = { read: 3, loaded: 1, rejected: 1, skipped: 0, warnings: 0 }
      await expect(bed.load({ item: 'a', tables: [], counts })).rejects.toMatchObject({
        code: 'ACCOUNTING_MISMATCH',
      })
      expect(await bed.load({ item: 'a', tables: [] })).toEqual({ kind: 'loaded' })
    })
  })
}

const filas = [
  ['x', '1'],
  ['y', '2'],
]
const cuentas = [
  ['x', '1', '1.01'],
  ['y', '2', '1.50'],
]

interface Stored {
  readonly filas: number
  readonly cuentas: number
  readonly record: LoadRecord | undefined
}

const NOTHING: Stored = { filas: 0, cuentas: 0, record: undefined }

/** Loads with one table told wrongly, then told rightly. @returns what the wrong load stored */
async function storedBy(bed: TestBed, wrong: Partial<TableLoad>, wronged: string): Promise<Stored> {
  const right = [await bed.table(FILAS, filas), await bed.table(CUENTAS, cuentas)]
  const before = [await countOf(bed, 'filas'), await countOf(bed, 'cuentas')]
  const tables = right.map((table) => (table.name === wronged ? { ...table, ...wrong } : table))
  const sketch = {
    item: JSON.stringify(wrong),
    counts: { read: 0, loaded: 0, rejected: 0, skipped: 0, warnings: 0 },
  }
  await expect(bed.load({ ...sketch, tables })).rejects.toMatchObject({
    code: 'ACCOUNTING_MISMATCH',
    details: { table: wronged },
  })
  const stored = {
    filas: (await countOf(bed, 'filas')) - (before[0] ?? 0),
    cuentas: (await countOf(bed, 'cuentas')) - (before[1] ?? 0),
    record: await bed.destination.findLoad(bed.request({ ...sketch, tables }).record.loadKey),
  }
  expect(await bed.load({ ...sketch, tables: right })).toEqual({ kind: 'loaded' })
  return stored
}

async function countOf(bed: TestBed, table: string): Promise<number> {
  if (!(await bed.database.tables()).includes(table)) return 0
  return (await bed.database.read(table, ['n'])).length
}
