import { stat } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import { systemClock, type Clock } from '../../model/clock.ts'
import type {
  Destination,
  DestinationCapabilities,
  LoadHooks,
  LoadRecord,
  LoadRequest,
  LoadResult,
  PeriodCounter,
  PeriodSweep,
  QueryResult,
  ReportRow,
  TableShape,
} from '../destination.ts'
import type { PeriodUnit } from '../../model/plan.ts'
import type { Engine } from '../../engine/duckdb/open-engine.ts'
import { DuckdbConnection } from './connection.ts'
import { isMissingTable, toDuckdbError } from './errors.ts'
import { selectLoad } from './guard.ts'
import { inTransaction } from './in-transaction.ts'
import { load } from './load.ts'
import { duckdbLocation, type DuckdbLocation } from './location.ts'
import { selectPeriods, storeInitialPeriods, type StoredPeriod } from './periods.ts'
import { queryDatabase } from './query.ts'
import { addColumn, createTable, findMissing } from './prepare-tables.ts'
import { selectReplayed } from './replays.ts'
import { replaceReport } from './report.ts'
import { sweepPeriods } from './sweep-periods.ts'

export interface DuckdbDestinationOptions {
  readonly clock?: Clock
  /** How long a lock held by another process is waited for; a minute by default. */
  readonly lockWaitMs?: number
  /** Buffers of a load; what does not fit is spilled into the attempt's folder. */
  readonly memoryMb?: number
}

/**
 * Opens a DuckDB file as a destination: `duckdb:/absolute/path.duckdb`. Nothing is opened or made yet.
 * @throws {CauceError} CONFIG_INVALID, DESTINATION_ACCESS
 */
export async function openDuckdbDestination(
  url: string,
  { clock = systemClock, lockWaitMs = 60_000, memoryMb = 256 }: DuckdbDestinationOptions = {},
): Promise<Destination> {
  const location = await duckdbLocation(url)
  return new DuckdbDestination(location, new DuckdbConnection(location, { clock, lockWaitMs, memoryMb }))
}

class DuckdbDestination implements Destination {
  readonly capabilities: DestinationCapabilities = { stagingFormat: 'parquet', maxConcurrentLoads: 1 }
  readonly displayUrl: string
  readonly #path: string
  readonly #connection: DuckdbConnection
  /** What was prepared, in which file: performers prepare before every load, and an unchanged file need not be read again. */
  readonly #prepared = new Map<string, string>()

  constructor({ path, displayUrl }: DuckdbLocation, connection: DuckdbConnection) {
    this.#path = path
    this.displayUrl = displayUrl
    this.#connection = connection
  }

  async prepare(tables: readonly TableShape[]): Promise<void> {
    const wanted = JSON.stringify(tables.map(({ name, columns, key, merge }) => [name, columns, key, merge]))
    if (this.#prepared.get(wanted) === (await this.#fileIdentity())) return
    const missing = await this.#connection.reading(async (database) => findMissing(database, tables))
    if (missing === undefined || missing.tables.length > 0 || missing.columns.length > 0)
      await this.#connection.writing(async (database) =>
        inTransaction(database, async () => this.#makeMissing(database, tables)),
      )
    this.#prepared.set(wanted, await this.#fileIdentity())
  }

  async load(request: LoadRequest, hooks: LoadHooks): Promise<LoadResult> {
    return this.#forgetting(async () => load(this.#connection, request, hooks, this.displayUrl))
  }

  async findLoad(loadKey: string): Promise<LoadRecord | undefined> {
    return this.#reading(async (database) => selectLoad(database, loadKey))
  }

  async replayedRecords(originLoad: string, exceptLoad = ''): Promise<ReadonlySet<number>> {
    const found = this.#reading(async (database) => selectReplayed(database, originLoad, exceptLoad))
    return (await found) ?? new Set()
  }

  async writeReport(row: ReportRow): Promise<void> {
    const place = { displayUrl: this.displayUrl, table: row.table.name }
    await this.#forgetting(async () =>
      this.#connection.writing(async (database) =>
        inTransaction(database, async () => replaceReport(database, row)).catch((error: unknown) => {
          throw toDuckdbError(error, place)
        }),
      ),
    )
  }

  async storedPeriods(
    counters: readonly PeriodCounter[],
    initial: Readonly<Record<PeriodUnit, string>>,
  ): Promise<readonly StoredPeriod[]> {
    if (counters.length === 0) return []
    const stored = await this.#reading(async (database) => selectPeriods(database, counters))
    if (stored?.length === counters.length) return stored
    return this.#connection.writing(async (database) =>
      inTransaction(database, async () => {
        await this.#makeMissing(database, [])
        await storeInitialPeriods(database, counters, initial)
        return selectPeriods(database, counters)
      }),
    )
  }

  async sweepPeriods(sweep: PeriodSweep): Promise<void> {
    await this.#forgetting(async () => sweepPeriods(this.#connection, sweep))
  }

  async query(sql: string, { limit }: { readonly limit: number }): Promise<QueryResult> {
    const found = await this.#connection.reading(async (database) => queryDatabase(database, sql, limit))
    if (found === undefined) throw new CauceError('QUERY_NO_DATABASE', { url: this.displayUrl })
    return found
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  async #makeMissing(database: Engine, shapes: readonly TableShape[]): Promise<void> {
    const { tables, columns } = await findMissing(database, shapes)
    for (const shape of tables) await this.#create(database, shape)
    for (const missing of columns) await addColumn(database, missing)
  }

  async #create(database: Engine, shape: TableShape): Promise<void> {
    try {
      await createTable(database, shape)
    } catch (error) {
      throw toDuckdbError(error, { displayUrl: this.displayUrl, table: shape.name })
    }
  }

  /** Undefined where the file, or the table asked, is not there yet. */
  async #reading<Result>(work: (database: Engine) => Promise<Result>): Promise<Result | undefined> {
    return this.#connection.reading(async (database) =>
      work(database).catch((error: unknown) => {
        if (isMissingTable(error)) return undefined
        throw error
      }),
    )
  }

  /** After a failure the tables are looked at again before the next load. */
  async #forgetting<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      this.#prepared.clear()
      throw error
    }
  }

  /** Tells this file from another put in its place. */
  async #fileIdentity(): Promise<string> {
    const found = await stat(this.#path).catch(() => undefined)
    return found === undefined ? 'none' : `${found.dev}:${found.ino}`
  }
}
