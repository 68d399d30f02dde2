import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type {
  Destination,
  DetailReader,
  LoadRequest,
  LoadResult,
  Remerge,
  Replacing,
  TableLoad,
} from '../../../packages/cauce/src/connectors/destination.ts'
import type { DestinationKit } from './kit.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { type LoadSketch, shapeOf, TestBed } from './test-bed.ts'

export const DETALLE = shapeOf({
  name: 'detalle "d"',
  columns: { clave: TEXT, n: INTEGER, _cauce_load: { kind: 'text', maxLength: 64 }, _cauce_record: INTEGER },
  loadColumn: '_cauce_load',
})
const ERRORES = shapeOf({
  name: 'errores',
  columns: { fila: TEXT, carga: { kind: 'text', maxLength: 64 } },
  loadColumn: 'carga',
})
const CUENTAS = shapeOf({
  name: 'cuentas',
  columns: { clave: TEXT, n: INTEGER, mayor: INTEGER },
  key: ['clave'],
  merge: { n: { kind: 'sum' }, mayor: { kind: 'max' } },
})
export const INFORME = shapeOf({
  name: 'bitacora',
  columns: { archivo: TEXT, sha256: TEXT, estado: TEXT },
  identity: ['archivo', 'sha256'],
})

/** A row: its key and number. */
export type Row = readonly [string, number]

/** What a file holds, for loads that take each other's place. */
export interface FileSketch {
  readonly item: string
  readonly content: string
  readonly rows: readonly Row[]
  readonly rejects?: number
  readonly generation?: number
  readonly duplicates?: LoadRequest['duplicates']
  readonly originLoad?: string
  readonly replayed?: LoadRequest['replayed']
}

/** What detail rows come to in the merged table. */
export function mergedOf(detail: readonly (readonly (string | null)[])[]): (string | null)[][] {
  return [...Map.groupBy(detail, ([key]) => key ?? '')]
    .map(([key, rows]) => {
      const numbers = rows.map(([, n]) => Number(n))
      return [key, String(numbers.reduce((sum, n) => sum + n, 0)), String(Math.max(...numbers))]
    })
    .toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
}

interface LoadOptions {
  readonly by?: Destination
  readonly report?: LoadRequest['report']
  readonly told?: Replacing['report']
  readonly remerge?: Partial<Remerge>
  readonly changed?: Partial<TableLoad>
}

/** A destination with a detail table, one of rejects, and one that is merged from the detail. */
export class ReplacingScene implements AsyncDisposable {
  readonly bed: TestBed

  private constructor(bed: TestBed) {
    this.bed = bed
  }

  static async make(kit: DestinationKit): Promise<ReplacingScene> {
    return new ReplacingScene(await TestBed.make(kit))
  }

  async prepare(): Promise<void> {
    await this.bed.destination.prepare([DETALLE, ERRORES, CUENTAS])
  }

  keyOf(file: Pick<FileSketch, 'item' | 'content' | 'generation'>): string {
    return this.bed.request(sketchOf(file)).record.loadKey
  }

  async record(file: Pick<FileSketch, 'item' | 'content' | 'generation'>) {
    const found = await this.bed.destination.findLoad(this.keyOf(file))
    if (found === undefined) throw new TypeError(`no load of ${file.item}`)
    return found
  }

  /** Loads a file, naming the loads that give way to it, or as one to which nothing ever does. */
  async load(
    file: FileSketch,
    loads: readonly string[] | 'never' = [],
    { by = this.bed.destination, report, told, remerge, changed }: LoadOptions = {},
  ): Promise<LoadResult> {
    const key = this.keyOf(file)
    const rejects = Array.from({ length: file.rejects ?? 0 }, (_unused, n) => [`reject ${n}`, key])
    const detail = file.rows.map(([clave, n], record) => [clave, String(n), key, String(record + 1)])
    const merged = mergedOf(file.rows.map(([clave, n]) => [clave, String(n)]))
    return this.bed.load(
      {
        ...sketchOf(file),
        tables: [
          await this.bed.table(ERRORES, rejects, { holds: 'rejected' }),
          await this.bed.table(DETALLE, detail, { holds: 'loaded', ...changed }),
          await this.bed.table(CUENTAS, merged),
        ],
        ...(report === undefined ? {} : { report }),
        replacing:
          loads === 'never'
            ? undefined
            : { loads, remerge: { ...this.#remerge(), ...remerge }, report: told },
      },
      { by },
    )
  }

  async tables() {
    const names = await this.bed.database.tables()
    const rows = names.includes(DETALLE.name) ? await this.bed.rows(DETALLE) : []
    return {
      detalle: rows
        .map(([clave = null, n = null]) => [clave, n])
        .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      errores: (await this.bed.rows(ERRORES)).length,
      cuentas: await this.bed.rows(CUENTAS),
    }
  }

  #remerge(): Remerge {
    let touched: readonly string[] = []
    const detailOf = async (reader: DetailReader, key: readonly string[] | undefined) => {
      const path = this.bed.stager.newPath()
      const columns = DETALLE.columns.map(({ name }) => name)
      const { rows } = await reader.rows({
        table: DETALLE.name,
        loadColumn: '_cauce_load',
        columns,
        key,
        path,
      })
      const found = await this.bed.stager.read(
        DETALLE.columns,
        path,
        this.bed.destination.capabilities.stagingFormat,
      )
      expect(found).toHaveLength(rows)
      const loads = new Set(found.map((row) => row[2] ?? ''))
      expect(await reader.loads([...loads])).toHaveLength(loads.size)
      return found.map(([clave = null, n = null]) => [clave, n])
    }
    return {
      touched: async (table, reader) => {
        const old = mergedOf(await detailOf(reader, undefined))
        const fresh = await this.bed.stager.read(
          table.columns,
          table.path,
          this.bed.destination.capabilities.stagingFormat,
        )
        const rows = new Map([...old, ...fresh].map((row) => [row[0] ?? '', row]))
        touched = [...rows.keys()]
        return this.bed.table(CUENTAS, [...rows.values()])
      },
      merged: async (_table, reader) => {
        const found = await detailOf(reader, ['clave'])
        // Time for others to come in between, if they could.
        await sleep(20)
        const rows = mergedOf(found.filter(([clave]) => touched.includes(clave ?? '')))
        const gone = touched.filter((key) => !rows.some(([clave]) => clave === key))
        const keys = shapeOf({ name: CUENTAS.name, columns: { clave: TEXT }, key: ['clave'] })
        const { path, sums } = await this.bed.table(CUENTAS, rows)
        return {
          path,
          rows: rows.length,
          columns: CUENTAS.columns,
          sums,
          vanished: await this.bed.table(
            keys,
            gone.map((key) => [key]),
          ),
        }
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bed[Symbol.asyncDispose]()
  }
}

function sketchOf(file: Partial<FileSketch> & Pick<FileSketch, 'item' | 'content'>): LoadSketch {
  const {
    item,
    content,
    rows = [],
    rejects: rejected = 0,
    generation,
    duplicates,
    originLoad,
    replayed,
  } = file
  const counts = { read: rows.length + rejected, loaded: rows.length, rejected, skipped: 0, warnings: 0 }
  return {
    item,
    content,
    counts,
    ...(generation === undefined ? {} : { generation }),
    ...(duplicates === undefined ? {} : { duplicates }),
    ...(originLoad === undefined ? {} : { originLoad }),
    ...(replayed === undefined ? {} : { replayed }),
  }
}
