import { join } from 'node:path'
import { DuckDBBigIntVector, type DuckDBConnection } from '@duckdb/node-api'
import type { LogicalType } from '../../model/plan.ts'
import { appendRows, type AppendValue } from './append-rows.ts'
import { EngineError, toEngineError } from './engine-error.ts'
import { toEngineValue, type EngineValue } from './engine-value.ts'
import { firstRows, type FirstRows } from './first-rows.ts'
import { logicalTypeOf } from './logical-type-of.ts'
import { openLockedInstance, type Instance } from './open-instance.ts'

export interface EngineOptions {
  /** The only folder the engine can read and write; it spills into a folder of its own inside. */
  readonly spoolDirectory: string
  /** Buffers only: the process takes some 100 MB more. */
  readonly memoryMb: number
  /** One by default: two performers of one thread each were the fastest shape on two cores. */
  readonly threads?: number
}

/** A column of a query's result. */
export interface EngineColumn {
  readonly name: string
  /** Undefined where no logical type fits (lists, structs, blobs): see `duckdbType`. */
  readonly type: LogicalType | undefined
  readonly duckdbType: string
}

export type EngineRow = Readonly<Record<string, EngineValue>>

/**
 * DuckDB as a performer uses it: in memory, locked to the spool folder, one statement at a time.
 * Everything rejects with a `CauceError` (MEMORY_EXHAUSTED, DISK_FULL) or an `EngineError`, whose class its caller decides.
 */
export interface Engine extends AsyncDisposable {
  /** Runs one or more statements; resolves to the rows the last one changed (or wrote, for COPY). */
  run(sql: string): Promise<number>
  /** All rows of a query, as objects. For small results. */
  rows(sql: string): Promise<readonly EngineRow[]>
  /** The first value of the first row; null when there is no row. */
  scalar(sql: string): Promise<EngineValue>
  /** Names and types of a query's columns, without running it. */
  columns(sql: string): Promise<readonly EngineColumn[]>
  /**
   * A query of BIGINT columns without nulls, chunk by chunk: one array per column, at most 2,048 values each. For lists of
   * record numbers and masks. No other statement may run until it is drained.
   */
  integerColumns(sql: string): AsyncGenerator<readonly BigInt64Array[], void>
  /** Appends rows made in JavaScript to a table of VARCHAR, BIGINT, DOUBLE and BOOLEAN columns; resolves to their number. */
  appendRows(
    table: string,
    rows: Iterable<readonly AppendValue[]> | AsyncIterable<readonly AppendValue[]>,
  ): Promise<number>
  /** Runs one statement that reads, whoever wrote it; see `firstRows`. */
  firstRows(sql: string, limit: number): Promise<FirstRows>
  /** Stops the running statement within some 20 ms: it rejects with an `EngineError` of kind `INTERRUPT`. */
  interrupt(): void
  /** Interrupts what runs, waits for it and frees everything. Temporary files are gone afterwards. */
  close(): Promise<void>
}

/** Opens an engine on a spool folder, which must exist. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { spoolDirectory, memoryMb, threads = 1 } = options
  const instance = await openLockedInstance({
    folders: [spoolDirectory],
    files: [],
    tempFolder: join(spoolDirectory, 'duckdb-temp'),
    memoryMb,
    threads,
  })
  return engineOn(instance, spoolDirectory)
}

/** The face of an engine on any instance. `folder` is what a full disk is reported by when DuckDB names no file. */
export function engineOn(instance: Pick<Instance, 'connection' | 'close'>, folder: string): Engine {
  const { connection } = instance
  let running: Promise<unknown> = Promise.resolve()
  const close = async (): Promise<void> => {
    connection.interrupt()
    await running
    await instance.close()
  }

  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const outcome = work().catch((error: unknown) => {
      throw toEngineError(error, folder)
    })
    running = outcome.catch(() => undefined)
    return outcome
  }

  return {
    run: async (sql) => guarded(async () => (await connection.run(sql)).rowsChanged),
    rows: async (sql) => guarded(async () => readRows(connection, sql)),
    scalar: async (sql) =>
      guarded(async () => {
        const first = (await (await connection.run(sql)).getRows())[0]?.[0]
        return first === undefined ? null : toEngineValue(first)
      }),
    columns: async (sql) => guarded(async () => describe(connection, sql)),
    integerColumns: (sql) => streamIntegers(connection, sql, folder),
    appendRows: async (table, rows) => guarded(async () => appendRows(connection, table, rows)),
    firstRows: async (sql, limit) => guarded(async () => firstRows(connection, sql, { limit, folder })),
    interrupt: () => connection.interrupt(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function readRows(connection: DuckDBConnection, sql: string): Promise<readonly EngineRow[]> {
  const result = await connection.run(sql)
  const names = result.deduplicatedColumnNames()
  const rows = await result.getRows()
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, toEngineValue(row[i] ?? null)])))
}

async function describe(connection: DuckDBConnection, sql: string): Promise<readonly EngineColumn[]> {
  const rows = await readRows(connection, `DESCRIBE ${sql}`)
  return rows.map((row) => {
    const duckdbType = String(row['column_type'])
    return { name: String(row['column_name']), type: logicalTypeOf(duckdbType), duckdbType }
  })
}

async function* streamIntegers(
  connection: DuckDBConnection,
  sql: string,
  folder: string,
): AsyncGenerator<readonly BigInt64Array[], void> {
  try {
    const result = await connection.stream(sql)
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return
      yield Array.from({ length: chunk.columnCount }, (_, index) => {
        const vector = chunk.getColumnVector(index)
        if (!(vector instanceof DuckDBBigIntVector))
          throw new EngineError('Mismatch Type', `Column ${index + 1} of the query is not BIGINT`)
        return integersOf(vector, chunk.rowCount)
      })
    }
  } catch (error) {
    throw toEngineError(error, folder)
  }
}

function integersOf(vector: DuckDBBigIntVector, count: number): BigInt64Array {
  const integers = new BigInt64Array(count)
  for (let row = 0; row < count; row++) {
    const value = vector.getItem(row)
    if (value === null) throw new EngineError('Mismatch Type', 'A column of integers holds a NULL')
    integers[row] = value
  }
  return integers
}
