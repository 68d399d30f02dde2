import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type {
  Destination,
  LoadHooks,
  LoadRequest,
  LoadResult,
  TableLoad,
  TableShape,
} from '../destination.ts'
import { openEngine } from '../../engine/duckdb/open-engine.ts'
import { toEngineValue, type EngineValue } from '../../engine/duckdb/engine-value.ts'
import { loadKey } from '../../model/load-key.ts'
import type { LogicalType } from '../../model/plan.ts'
import { quoteText } from '../../plan/duckdb/quote.ts'
import { openDuckdbDestination, type DuckdbDestinationOptions } from './destination.ts'

/** A folder with a database to be and a spool; everything is gone after `remove`. */
export interface Scratch {
  readonly folder: string
  readonly path: string
  readonly url: string
  open(options?: DuckdbDestinationOptions): Promise<Destination>
  /** Stages the rows of a query for a table, in an attempt's folder of its own. */
  stage(shape: TableShape, sql: string, mode?: TableLoad['mode']): Promise<TableLoad>
  /** Asks the file itself, as a reader would. Not while something in this process is loading. */
  ask(sql: string): Promise<readonly (readonly EngineValue[])[]>
  /** Changes the file behind the destination's back. */
  alter(sql: string): Promise<void>
  remove(): Promise<void>
}

export async function scratch(folder?: string): Promise<Scratch> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'cauce-duckdb-')))
  const path = join(home, 'it.duckdb')
  const opened: Destination[] = []
  let attempts = 0
  return {
    folder: home,
    path,
    url: `duckdb:${path}`,
    open: async (options) => {
      const destination = await openDuckdbDestination(`duckdb:${path}`, options)
      opened.push(destination)
      return destination
    },
    stage: async (shape, sql, mode = shape.key.length > 0 ? 'upsert' : 'append') => {
      const spool = join(home, 'spool', `attempt-${++attempts}`)
      await mkdir(spool, { recursive: true })
      await using engine = await openEngine({ spoolDirectory: spool, memoryMb: 256 })
      const staged = join(spool, 'table-0')
      const rows = await engine.run(`COPY (${sql}) TO ${quoteText(staged)} (FORMAT parquet)`)
      const summed = Object.keys(shape.merge).filter((column) =>
        ['sum', 'period'].includes(shape.merge[column]?.kind ?? ''),
      )
      const sums: Record<string, string> = {}
      for (const column of summed)
        sums[column] = String(
          await engine.scalar(`SELECT CAST(coalesce(sum("${column}"), 0) AS VARCHAR) FROM (${sql})`),
        )
      return { ...shape, mode, path: staged, rows, sums, fractions: [] }
    },
    ask: async (sql) => {
      const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
      const connection = await instance.connect()
      try {
        const rows = await (await connection.run(sql)).getRows()
        return rows.map((row) => row.map((value) => toEngineValue(value)))
      } finally {
        connection.closeSync()
        instance.closeSync()
      }
    },
    alter: async (sql) => {
      const instance = await DuckDBInstance.create(path)
      const connection = await instance.connect()
      try {
        await connection.run(sql)
      } finally {
        connection.closeSync()
        instance.closeSync()
      }
    },
    remove: async () => {
      await Promise.all(opened.map(async (destination) => destination.close()))
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** A load of an item; its content is its name unless told. */
export function loadRequest(
  item: string,
  tables: readonly TableLoad[],
  more: Partial<LoadRequest> & { readonly content?: string } = {},
): LoadRequest {
  const { content = item, ...rest } = more
  const sha256 = createHash('sha256').update(content).digest('hex')
  const rows = Math.max(0, ...tables.map((staged) => staged.rows))
  return {
    record: {
      loadKey: loadKey({ pipeline: 'visitas', item, content: sha256, generation: 0 }),
      pipeline: 'visitas',
      item,
      sha256,
      generation: 0,
      counts: { read: rows, loaded: rows, rejected: 0, skipped: 0, warnings: 0 },
    },
    duplicates: 'refuse',
    replacing: undefined,
    tables,
    report: undefined,
    replayed: [],
    periods: [],
    attempt: 'a1',
    ...rest,
  }
}

export function hooks(more: Partial<LoadHooks> = {}): LoadHooks {
  return { at: () => undefined, onRows: () => undefined, signal: new AbortController().signal, ...more }
}

export const TEXT: LogicalType = { kind: 'text', maxLength: undefined }
export const INTEGER: LogicalType = { kind: 'integer' }
export const TIMESTAMP: LogicalType = { kind: 'timestamp' }

/** A shape whose columns are nullable but for the key. */
export function table(
  name: string,
  columns: Readonly<Record<string, LogicalType>>,
  more: Partial<TableShape> = {},
): TableShape {
  const key = more.key ?? []
  return {
    name,
    columns: Object.entries(columns).map(([column, type]) => ({
      name: column,
      type,
      nullable: !key.includes(column),
    })),
    key,
    merge: {},
    identity: [],
    ...more,
  }
}

export const visits = table('visitas', { email: TEXT, fecha: TIMESTAMP, opens: INTEGER })
export const visitors = table(
  'visitantes',
  { email: TEXT, primera: TIMESTAMP, ultima: TIMESTAMP, total: INTEGER },
  { key: ['email'], merge: { primera: { kind: 'min' }, ultima: { kind: 'max' }, total: { kind: 'sum' } } },
)

/** Loads visits a minute apart into both tables. */
export async function loadVisits(
  { here, destination }: { readonly here: Scratch; readonly destination: Destination },
  item: string,
  emails: readonly string[],
  day: string,
): Promise<LoadResult> {
  const rows = emails.map((email, i) => `('${email}', TIMESTAMP '${day} 10:0${i}:00', ${i})`).join(', ')
  const from = `(VALUES ${rows}) t(email, fecha, opens)`
  const tables = [
    await here.stage(visits, `FROM ${from}`),
    await here.stage(
      visitors,
      `SELECT email, min(fecha) AS primera, max(fecha) AS ultima, count(*) AS total FROM ${from} GROUP BY email ORDER BY email`,
    ),
  ]
  await destination.prepare([visits, visitors])
  return destination.load(loadRequest(item, tables), hooks())
}

/** The error a piece of work ends with. */
export async function failure(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(outcome instanceof Error)) throw new Error('it did not fail')
  return outcome
}
