import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogicalType } from '../../../packages/cauce/src/model/plan.ts'
import type { DestinationKit } from './kit.ts'
import { shapeOf, sortRows, TestBed } from './test-bed.ts'
import { plainValue } from './plain-value.ts'

export const TEXT: LogicalType = { kind: 'text', maxLength: undefined }
export const INTEGER: LogicalType = { kind: 'integer' }

/** Every type, with the values that have broken loaders: extremes, nulls, and texts that look like something else. */
const VALUES: Readonly<Record<string, { readonly type: LogicalType; readonly values: readonly string[] }>> = {
  texto: {
    type: TEXT,
    values: [
      '',
      ' ',
      'NULL',
      'null',
      '\\N',
      '"',
      '""',
      "'",
      ',',
      'a\nb',
      'a\r\nb',
      '\t',
      '\\',
      '😀 peña',
      'ends with \\',
      '0',
      'x'.repeat(70_000),
    ],
  },
  corto: { type: { kind: 'text', maxLength: 8 }, values: ['12345678', '😀😀😀😀😀😀😀😀', 'a ', ' a'] },
  entero: { type: INTEGER, values: ['0', '-1', '9223372036854775807', '-9223372036854775808'] },
  decimal: {
    type: { kind: 'decimal', precision: 38, scale: 10 },
    values: ['0', '9999999999999999999999999999.9999999999', '-0.0000000001', '12.5'],
  },
  doble: {
    type: { kind: 'double' },
    values: ['0', '0.1', '1.7976931348623157e308', '5e-324', '-1e22', '123456789.123456789'],
  },
  logico: { type: { kind: 'boolean' }, values: ['true', 'false'] },
  fecha: { type: { kind: 'date' }, values: ['1000-01-01', '1970-01-01', '2024-02-29', '9999-12-31'] },
  momento: {
    type: { kind: 'timestamp' },
    values: [
      '1000-01-01 00:00:00',
      '2013-02-28 23:59:59.999999',
      '2024-10-27 02:30:00',
      '9999-12-31 23:59:59',
    ],
  },
  segundos: { type: { kind: 'timestamp', fraction: false }, values: ['2013-02-28 23:59:59'] },
  hora: { type: { kind: 'time' }, values: ['00:00:00', '23:59:59.999999', '12:00:00.5'] },
  id: {
    type: { kind: 'uuid' },
    values: ['00000000-0000-0000-0000-000000000000', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
  },
  json: {
    type: { kind: 'json' },
    values: ['{"b": [1, null, true, "ñ😀\\"\\n"], "a": {}}', '"NULL"', 'null', '[]'],
  },
}

const CASES = Object.entries(VALUES)

export function roundTrip(kit: DestinationKit): void {
  describe('values', () => {
    test('of every type come out as they went in, nulls among them', async () => {
      await using bed = await TestBed.make(kit)
      const columns = Object.fromEntries(CASES.map(([name, { type }]) => [name, type]))
      const shape = shapeOf({ name: 'todo', columns })
      const longest = Math.max(...CASES.map(([, { values }]) => values.length))
      const rows = Array.from({ length: longest + 1 }, (_unused, row) =>
        CASES.map(([, { values }]) => values[row] ?? null),
      )
      const result = await bed.load({ item: 'todo.csv', tables: [await bed.table(shape, rows)] })
      expect(result).toEqual({ kind: 'loaded' })
      const expected = rows.map((row) =>
        row.map((value, position) => plainValue(value, CASES[position]?.[1].type ?? TEXT)),
      )
      expect(await bed.rows(shape)).toEqual(sortRows(expected))
    })

    test('of any text come out as they went in', async () => {
      await using bed = await TestBed.make(kit)
      // What separates, ends, quotes and escapes is tried far more often than chance would.
      const character = fc.oneof(
        fc.constantFrom(
          ...(kit.refusesNul === true ? [] : ['\0']),
          '\x1a',
          '"',
          ',',
          '\n',
          '\\',
          "'",
          'N',
          'U',
          'L',
          ' ',
          '\r',
          'ñ',
          '😀',
        ),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      )
      const text = fc.option(fc.string({ unit: character, maxLength: 12 }))
      const shape = shapeOf({ name: 'textos', columns: { a: TEXT, b: { kind: 'text', maxLength: 100 } } })
      const all = fc.sample(fc.tuple(text, text), { numRuns: 3_000, seed: 20_130_228 })
      await bed.load({ item: 'textos.csv', tables: [await bed.table(shape, all)] })
      expect(await bed.rows(shape)).toEqual(sortRows(all.map((row) => [...row])))
    })

    test('that differ in case, accents or trailing blanks are different keys', async () => {
      await using bed = await TestBed.make(kit)
      const shape = shapeOf({
        name: 'claves',
        columns: { clave: TEXT, veces: INTEGER },
        key: ['clave'],
        merge: { veces: { kind: 'sum' } },
      })
      const keys = [
        'peña',
        'pena',
        'PENA',
        'Peña',
        'pena ',
        ' pena',
        'pen\u0303a',
        'ß',
        'ss',
        '',
        ' ',
        '😀',
        '😁',
      ]
      for (const item of ['uno', 'dos'])
        await bed.load({
          item,
          tables: [
            await bed.table(
              shape,
              keys.map((key) => [key, '1']),
            ),
          ],
        })
      expect(await bed.rows(shape)).toEqual(sortRows(keys.map((key) => [key, '2'])))
    })
  })

  describe('names', () => {
    test('of tables and columns may be anything the system takes', async () => {
      await using bed = await TestBed.make(kit)
      const odd = ['select', 'a b', "o'b", 'd"q', 'b`t', 'año', 'punto.y', '?', ';--', '%s', '\\', 'Order']
      for (const [position, name] of odd.entries()) {
        const columns = Object.fromEntries(odd.map((column) => [column, TEXT]))
        const appended = shapeOf({ name, columns })
        const merged = shapeOf({
          name: `${name} 2`,
          columns: { ...columns, [`${name}+`]: INTEGER },
          key: [name],
          merge: Object.fromEntries([
            ...odd.filter((column) => column !== name).map((column) => [column, { kind: 'max' }] as const),
            [`${name}+`, { kind: 'sum' }],
          ]),
        })
        const row = odd.map((column) => `value of ${column}`)
        const tables = [await bed.table(appended, [row]), await bed.table(merged, [[...row, '1']])]
        expect(await bed.load({ item: `nombres ${position}`, tables })).toEqual({ kind: 'loaded' })
        expect(await bed.rows(appended)).toEqual([row])
        expect(await bed.rows(merged)).toEqual([[...row, '1']])
      }
    })

    test('of items may be long and odd, and their loads are found again', async () => {
      await using bed = await TestBed.make(kit)
      for (const item of ['😀'.repeat(1024), '../../etc/passwd', 'a\'b"c`d\\', ' ', 'línea\notra']) {
        const request = bed.request({ item })
        expect(await bed.load({ item })).toEqual({ kind: 'loaded' })
        expect(await bed.destination.findLoad(request.record.loadKey)).toEqual(request.record)
      }
      expect(await bed.destination.findLoad('0'.repeat(64))).toBeUndefined()
    })
  })
}
