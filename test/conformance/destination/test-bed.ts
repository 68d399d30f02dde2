import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type {
  Destination,
  DestinationColumn,
  LoadHooks,
  LoadRecord,
  LoadRequest,
  LoadResult,
  ReportRow,
  TableLoad,
  TableShape,
} from '../../../packages/cauce/src/connectors/destination.ts'
import type { RowCounts } from '../../../packages/cauce/src/model/item-state.ts'
import { loadKey } from '../../../packages/cauce/src/model/load-key.ts'
import type { LogicalType, MergePlan } from '../../../packages/cauce/src/model/plan.ts'
import type { DestinationKit, KitDatabase } from './kit.ts'
import { plainValue } from './plain-value.ts'
import { Stager, type TextRow } from './stager.ts'

export interface ShapeSketch {
  readonly name: string
  readonly columns: Readonly<Record<string, LogicalType>>
  readonly key?: readonly string[]
  readonly merge?: Readonly<Record<string, MergePlan>>
  readonly identity?: readonly string[]
  readonly loadColumn?: string
}

export interface LoadSketch {
  readonly item: string
  /** Stands for the bytes of the item: its sha256 is taken. Default: the item's name. */
  readonly content?: string
  readonly pipeline?: string
  readonly tables?: readonly TableLoad[]
  readonly report?: ReportRow
  readonly replayed?: LoadRequest['replayed']
  readonly periods?: LoadRequest['periods']
  readonly counts?: RowCounts
  readonly duplicates?: LoadRequest['duplicates']
  readonly replacing?: LoadRequest['replacing']
  readonly generation?: number
  readonly originLoad?: string
}

/** A fresh database, a destination on it, and a spool folder; everything is gone afterwards, and no transaction was left open. */
export class TestBed implements AsyncDisposable {
  readonly database: KitDatabase
  readonly destination: Destination
  readonly stager: Stager
  readonly #folder: string
  readonly #opened: Destination[]

  private constructor(database: KitDatabase, destination: Destination, stager: Stager, folder: string) {
    this.database = database
    this.destination = destination
    this.stager = stager
    this.#folder = folder
    this.#opened = [destination]
  }

  static async make(kit: DestinationKit): Promise<TestBed> {
    const folder = await mkdtemp(join(tmpdir(), 'cauce-conformance-'))
    const database = await kit.createDatabase()
    return new TestBed(database, await database.open(), await Stager.open(folder), folder)
  }

  /** Another destination on the same database. */
  async rival(): Promise<Destination> {
    const destination = await this.database.open()
    this.#opened.push(destination)
    return destination
  }

  /** Stages rows for a table; merged tables' rows are sorted by key, as the engine does. */
  async table(
    shape: TableShape,
    rows: readonly TextRow[],
    changed: Partial<TableLoad> = {},
  ): Promise<TableLoad> {
    const merged = shape.key.length > 0
    const summed = shape.columns
      .map(({ name }) => name)
      .filter((name) => shape.merge[name]?.kind === 'sum' || shape.merge[name]?.kind === 'period')
    const sorted = merged ? sortedByKey(shape, rows) : rows
    const format = this.destination.capabilities.stagingFormat
    const { path, sums } = await this.stager.stage(shape.columns, sorted, { format, summed })
    const fractions = shape.columns.flatMap(({ name, type }, position) =>
      (type.kind === 'timestamp' || type.kind === 'time') &&
      rows.some((row) => row[position]?.includes('.') === true)
        ? [name]
        : [],
    )
    const mode = merged ? 'upsert' : 'append'
    return { ...shape, mode, path, rows: rows.length, sums, fractions, ...changed }
  }

  request(sketch: LoadSketch): LoadRequest {
    const rows = Math.max(0, ...(sketch.tables ?? []).map((table) => table.rows))
    return {
      record: recordOf(sketch, { read: rows, loaded: rows, rejected: 0, skipped: 0, warnings: 0 }),
      duplicates: sketch.duplicates ?? 'refuse',
      replacing: sketch.replacing,
      tables: sketch.tables ?? [],
      report: sketch.report,
      replayed: sketch.replayed ?? [],
      periods: sketch.periods ?? [],
      attempt: randomUUID(),
    }
  }

  async load(
    sketch: LoadSketch,
    {
      by = this.destination,
      hooks = {},
    }: { readonly by?: Destination; readonly hooks?: Partial<LoadHooks> } = {},
  ): Promise<LoadResult> {
    const request = this.request(sketch)
    const { report } = request
    await by.prepare([...request.tables, ...(report === undefined ? [] : [report.table])])
    return by.load(request, { ...quietHooks(), ...hooks })
  }

  /** Rows of a table, each value in one spelling for all systems, sorted. */
  async rows(shape: TableShape): Promise<(string | null)[][]> {
    const names = shape.columns.map(({ name }) => name)
    const rows = await this.database.read(shape.name, names)
    return sortRows(
      rows.map((row) => row.map((value, position) => plainValue(value, typeAt(shape.columns, position)))),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      expect(await this.database.openTransactions(), 'transactions left open').toBe(0)
      for (const destination of this.#opened) await destination.close()
    } finally {
      this.stager.close()
      await this.database.dispose()
      await rm(this.#folder, { recursive: true, force: true })
    }
  }
}

export function shapeOf(sketch: ShapeSketch): TableShape {
  const { name, columns, key = [], merge = {}, identity = [], loadColumn } = sketch
  return {
    name,
    columns: Object.entries(columns).map(([column, type]) => ({
      name: column,
      type,
      nullable: !key.includes(column),
    })),
    key,
    merge,
    identity,
    loadColumn: loadColumn === undefined ? undefined : { name: loadColumn, indexed: true },
  }
}

function recordOf(
  { item, content = item, pipeline = 'prueba', counts, generation = 0, originLoad }: LoadSketch,
  counted: RowCounts,
): LoadRecord {
  const sha256 = createHash('sha256').update(content).digest('hex')
  return {
    loadKey: loadKey({ pipeline, item, content: sha256, generation }),
    pipeline,
    item,
    sha256,
    generation,
    counts: counts ?? counted,
    originLoad,
  }
}

export function quietHooks(): LoadHooks {
  return { at: () => undefined, onRows: () => undefined, signal: new AbortController().signal }
}

export function sortRows(rows: readonly (string | null)[][]): (string | null)[][] {
  return rows
    .map((row) => ({ row, spelled: JSON.stringify(row) }))
    .toSorted((a, b) => (a.spelled < b.spelled ? -1 : 1))
    .map(({ row }) => row)
}

function typeAt(columns: readonly DestinationColumn[], position: number): LogicalType {
  return columns[position]?.type ?? { kind: 'text', maxLength: undefined }
}

function sortedByKey({ columns, key }: TableShape, rows: readonly TextRow[]): TextRow[] {
  const positions = key.map((name) => columns.findIndex((column) => column.name === name))
  return rows.toSorted((a, b) => {
    for (const position of positions) {
      const [one, other] = [a[position] ?? '', b[position] ?? ''].map((text) => Buffer.from(text))
      const order = one !== undefined && other !== undefined ? Buffer.compare(one, other) : 0
      if (order !== 0) return order
    }
    return 0
  })
}
