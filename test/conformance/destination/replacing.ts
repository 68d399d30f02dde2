import { describe, expect, test } from 'vitest'
import type { Destination } from '../../../packages/cauce/src/connectors/destination.ts'
import type { DestinationKit } from './kit.ts'
import { DETALLE, type FileSketch, INFORME, mergedOf, ReplacingScene, type Row } from './replacing-scene.ts'

export function replacing(kit: DestinationKit): void {
  describe('loads that take the place of others', () => {
    test('name them, and else do nothing and say what is there', async () => {
      await using scene = await ReplacingScene.make(kit)
      expect(await scene.load({ item: 'a', content: 'uno', rows: UNO, rejects: 2 })).toEqual({
        kind: 'loaded',
      })
      const uno = await scene.record({ item: 'a', content: 'uno' })
      const dos = { item: 'a', content: 'dos', rows: DOS }
      expect(await scene.load(dos)).toMatchObject({ kind: 'occupied', by: { loadKey: uno.loadKey } })
      expect(await scene.tables()).toEqual({ detalle: UNO_ROWS, errores: 2, cuentas: UNO_MERGED })
      expect(await scene.load(dos, [uno.loadKey])).toMatchObject({
        kind: 'loaded',
        replaced: [{ loadKey: uno.loadKey, counts: uno.counts }],
      })
      expect(await scene.tables()).toEqual({ detalle: DOS_ROWS, errores: 0, cuentas: DOS_MERGED })
      expect((await scene.record(dos)).replacedBy).toBeUndefined()
      expect((await scene.record({ item: 'a', content: 'uno' })).replacedBy).toBe(scene.keyOf(dos))
      expect(await scene.load(dos)).toMatchObject({ kind: 'already_loaded' })
    })

    test('do not let what they replaced come back, unless it names them', async () => {
      await using scene = await ReplacingScene.make(kit)
      const [uno, dos] = [UNO_FILE, DOS_FILE]
      await scene.load(uno)
      await scene.load(dos, [scene.keyOf(uno)])
      expect(await scene.load(uno)).toMatchObject({ kind: 'occupied', by: { loadKey: scene.keyOf(dos) } })
      expect(await scene.load(uno, 'never')).toMatchObject({ kind: 'refused' })
      expect(await scene.tables()).toEqual({ detalle: DOS_ROWS, errores: 0, cuentas: DOS_MERGED })
      expect(await scene.load(uno, [scene.keyOf(dos)])).toMatchObject({ kind: 'loaded' })
      expect(await scene.tables()).toEqual({ detalle: UNO_ROWS, errores: 0, cuentas: UNO_MERGED })
      expect(await scene.load(uno)).toMatchObject({ kind: 'already_loaded' })
      expect((await scene.record(dos)).replacedBy).toBe(scene.keyOf(uno))
    })

    test('leave the rows of other items where they are, and count them in', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.load({
        item: 'b',
        content: 'otro',
        rows: [
          ['x', 100],
          ['solo', 1],
        ],
      })
      await scene.load(UNO_FILE)
      await scene.load(DOS_FILE, [scene.keyOf(UNO_FILE)])
      expect((await scene.tables()).cuentas).toEqual([
        ['solo', '1', '1'],
        ['x', '105', '100'],
        ['z', '7', '7'],
      ])
    })

    test('of a later generation take the place of the earlier of the same bytes, and not the other way', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.load(UNO_FILE)
      const again = { ...UNO_FILE, generation: 1, rows: DOS }
      expect(await scene.load(again)).toMatchObject({ kind: 'occupied', by: { generation: 0 } })
      expect(await scene.load(again, [scene.keyOf(UNO_FILE)])).toMatchObject({ kind: 'loaded' })
      expect(await scene.load(UNO_FILE, [scene.keyOf(again)])).toMatchObject({ kind: 'already_loaded' })
      expect(await scene.load(UNO_FILE, 'never')).toMatchObject({ kind: 'already_loaded' })
      expect(await scene.tables()).toEqual({ detalle: DOS_ROWS, errores: 0, cuentas: DOS_MERGED })
      expect(await scene.load({ ...UNO_FILE, item: 'b' }, 'never')).toMatchObject({
        kind: 'duplicate',
        otherItem: 'a',
      })
    })

    test('may load bytes that are loaded under another name, or not, as they are told', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.load({ ...UNO_FILE, duplicates: 'load' })
      expect(await scene.load({ ...UNO_FILE, item: 'b', duplicates: 'load' })).toEqual({ kind: 'loaded' })
      expect(
        await scene.load({ ...DOS_FILE, item: 'b', duplicates: 'refuse' }, [
          scene.keyOf({ ...UNO_FILE, item: 'b' }),
        ]),
      ).toMatchObject({ kind: 'loaded' })
      expect(await scene.load({ ...DOS_FILE, item: 'c', duplicates: 'refuse' })).toEqual({
        kind: 'duplicate',
        otherItem: 'b',
      })
    })

    test('take what was mended of the rejects with them, and nothing more of it comes', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.load({ ...UNO_FILE, rejects: 3 })
      const originLoad = scene.keyOf(UNO_FILE)
      const replay = (name: string, rows: readonly Row[], record: number): FileSketch => ({
        item: `replay ${name}`,
        content: name,
        rows,
        originLoad,
        replayed: [{ originLoad, record }],
      })
      expect(await scene.load(replay('r1', [['mended', 1]], 1), 'never')).toEqual({ kind: 'loaded' })
      // One that brought nothing but rejects leaves no mark.
      expect(await scene.load({ ...replay('r2', [], 2), rejects: 2, replayed: [] }, 'never')).toEqual({
        kind: 'loaded',
      })
      const result = await scene.load(DOS_FILE, [originLoad])
      expect(result).toMatchObject({ kind: 'loaded', replaced: { length: 3 } })
      expect(await scene.tables()).toEqual({ detalle: DOS_ROWS, errores: 0, cuentas: DOS_MERGED })
      expect(await scene.bed.destination.replayedRecords(originLoad)).toEqual(new Set())
      expect(await scene.load(replay('r3', [['late', 1]], 3), 'never')).toEqual({ kind: 'superseded' })
      expect(await scene.load(replay('r1', [['mended', 1]], 1), 'never')).toEqual({ kind: 'superseded' })
    })

    test('undo nothing when rows of the earlier load are gone, and pass when all of them are', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.load({ ...UNO_FILE, rejects: 2 })
      const { database } = scene.bed
      await database.run(`DELETE FROM ${database.quoteName(DETALLE.name)} WHERE clave = 'y'`)
      const before = await scene.tables()
      await expect(scene.load(DOS_FILE, [scene.keyOf(UNO_FILE)])).rejects.toMatchObject({
        code: 'ACCOUNTING_MISMATCH',
        details: { table: DETALLE.name },
      })
      expect(await scene.tables()).toEqual(before)
      expect((await scene.record(UNO_FILE)).replacedBy).toBeUndefined()
      await database.run(`DELETE FROM ${database.quoteName(DETALLE.name)}`)
      await scene.load(DOS_FILE, [scene.keyOf(UNO_FILE)])
      expect((await scene.tables()).detalle).toEqual(DOS_ROWS)
    })

    test('are refused by a table whose rows do not tell which load they are of', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.load(UNO_FILE)
      await expect(
        scene.load(DOS_FILE, [scene.keyOf(UNO_FILE)], { changed: { loadColumn: undefined } }),
      ).rejects.toMatchObject({ code: 'DESTINATION_SHAPE', details: { table: DETALLE.name } })
      expect(await scene.tables()).toEqual({ detalle: UNO_ROWS, errores: 0, cuentas: UNO_MERGED })
    })

    test('do nothing at all when merged rows cannot be worked out', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.load(UNO_FILE)
      for (const step of ['touched', 'merged'] as const)
        await expect(
          scene.load(DOS_FILE, [scene.keyOf(UNO_FILE)], {
            remerge: { [step]: () => Promise.reject(new TypeError('no way')) },
          }),
        ).rejects.toThrow('no way')
      expect(await scene.tables()).toEqual({ detalle: UNO_ROWS, errores: 0, cuentas: UNO_MERGED })
      await scene.load(DOS_FILE, [scene.keyOf(UNO_FILE)])
      expect((await scene.tables()).cuentas).toEqual(DOS_MERGED)
    })

    test('tell the report that the earlier version gave way', async () => {
      await using scene = await ReplacingScene.make(kit)
      const reportOf = ({ item, content }: FileSketch) => ({
        table: INFORME,
        values: { archivo: item, sha256: content, estado: 'COMPLETADO' },
      })
      await scene.load(UNO_FILE, [], { report: reportOf(UNO_FILE) })
      const other: FileSketch = { ...UNO_FILE, item: 'b', duplicates: 'load' }
      await scene.load(other, [], { report: reportOf(other) })
      await scene.load(DOS_FILE, [scene.keyOf(UNO_FILE)], {
        report: reportOf(DOS_FILE),
        told: {
          table: INFORME,
          rowOf: ({ item }) => ({ archivo: item, sha256: UNO_FILE.content }),
          set: { estado: 'REEMPLAZADO' },
        },
      })
      expect(await scene.bed.rows(INFORME)).toEqual([
        ['a', 'dos', 'COMPLETADO'],
        ['a', 'uno', 'REEMPLAZADO'],
        ['b', 'uno', 'COMPLETADO'],
      ])
      const reload = { ...DOS_FILE, generation: 1 }
      await scene.load(reload, [scene.keyOf(DOS_FILE)], {
        report: reportOf(reload),
        told: {
          table: INFORME,
          rowOf: ({ item }) => ({ archivo: item, sha256: DOS_FILE.content }),
          set: { estado: 'REEMPLAZADO' },
        },
      })
      expect((await scene.bed.rows(INFORME))[0]).toEqual(['a', 'dos', 'COMPLETADO'])
    })

    test('and loads of other items of the same keys end in the same rows, whoever comes first', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.prepare()
      const keys = Array.from({ length: 30 }, (_unused, key) => `clave ${String(key).padStart(2, '0')}`)
      const rows = (from: number, n: number): readonly Row[] =>
        keys.slice(from, from + 15).map((key) => [key, n] as const)
      const versions = Array.from({ length: 6 }, (_unused, n) => ({
        item: 'a',
        content: `v${n}`,
        rows: rows(n * 3, n + 1),
      }))
      const replacer = async (by: Destination): Promise<void> => {
        let before: string[] = []
        for (const version of versions) {
          expect(await scene.load(version, before, { by })).toMatchObject({ kind: 'loaded' })
          before = [scene.keyOf(version)]
        }
      }
      const others = [1, 2].map((worker) => async (by: Destination): Promise<void> => {
        for (let n = 0; n < 8; n++) {
          const file = { item: `o${worker}-${n}`, content: `o${worker}-${n}`, rows: rows(n, 1_000 * worker) }
          expect(await scene.load(file, [], { by })).toEqual({ kind: 'loaded' })
        }
      })
      await Promise.all([
        replacer(scene.bed.destination),
        ...others.map(async (work) => work(await scene.bed.rival())),
      ])
      const { detalle, cuentas } = await scene.tables()
      expect(cuentas).toEqual(mergedOf(detalle))
      expect(detalle.filter(([, n]) => Number(n) < 1_000)).toEqual(
        rows(15, 6).map(([key, n]) => [key, String(n)]),
      )
    })

    test('of rivals leave one standing, whose rows alone are there', async () => {
      await using scene = await ReplacingScene.make(kit)
      await scene.prepare()
      const rivals = [scene.bed.destination, await scene.bed.rival(), await scene.bed.rival()]
      await Promise.all(
        rivals.map(async (by, rival) => {
          for (let n = 0; n < 4; n++) {
            const file = {
              item: 'a',
              content: `${rival}-${n}`,
              rows: [[`k${rival}`, n]] as const,
              rejects: rival,
            }
            const named: string[] = []
            for (;;) {
              const result = await scene.load(file, named, { by })
              if (result.kind === 'loaded') break
              if (result.kind !== 'occupied') throw new TypeError(result.kind)
              named.push(result.by.loadKey)
            }
          }
        }),
      )
      const { detalle, errores, cuentas } = await scene.tables()
      expect(detalle).toHaveLength(1)
      expect(cuentas).toEqual(mergedOf(detalle))
      expect(errores).toBe(Number(detalle[0]?.[0]?.slice(1)))
    })
  })
}

const UNO: readonly Row[] = [
  ['x', 1],
  ['x', 2],
  ['y', 3],
]
const DOS: readonly Row[] = [
  ['x', 5],
  ['z', 7],
]
const UNO_FILE: FileSketch = { item: 'a', content: 'uno', rows: UNO }
const DOS_FILE: FileSketch = { item: 'a', content: 'dos', rows: DOS }
const UNO_ROWS = UNO.map(([key, n]) => [key, String(n)])
const DOS_ROWS = DOS.map(([key, n]) => [key, String(n)])
const UNO_MERGED = mergedOf(UNO_ROWS)
const DOS_MERGED = mergedOf(DOS_ROWS)
