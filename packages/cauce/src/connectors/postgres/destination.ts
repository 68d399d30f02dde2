import { homedir } from 'node:os'
import { CauceError } from '../../model/cauce-error.ts'
import { systemClock, type Clock } from '../../model/clock.ts'
import type {
  Destination,
  DestinationCapabilities,
  LoadHooks,
  LoadRecord,
  LoadRequest,
  LoadResult,
  PeriodSweep,
  QueryResult,
  ReportRow,
  TableShape,
} from '../destination.ts'
import { withLockTries } from '../lock-tries.ts'
import { ConnectionHolder } from './connection-holder.ts'
import { isLockConflict, toPostgresError } from './errors.ts'
import { findGuard } from './guard.ts'
import { loadItem } from './load-item.ts'
import { postgresLocation } from './location.ts'
import type { LoadTools } from './load-tools.ts'
import { storedPeriods } from './periods.ts'
import { queryDatabase } from './query.ts'
import { replayedRecords } from './replay-marks.ts'
import { replaceReport } from './report.ts'
import { RecomputeFailed, sweepCounters } from './sweep.ts'
import { undo } from './undo.ts'

const CAPABILITIES: DestinationCapabilities = { stagingFormat: 'postgres-csv', maxConcurrentLoads: 8 }

/**
 * A PostgreSQL database as destination, by `postgres://user:password@host:port/database?options` (see `postgresLocation`). Nothing is
 * connected before the first call that needs it; then one connection serves all calls, one after the other.
 * @throws {CauceError} CONFIG_INVALID
 */
// oxlint-disable-next-line typescript/require-await -- what is wrong with the URL is a rejection, as for every destination
export async function openPostgresDestination(
  url: string,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<Destination> {
  return new PostgresDestination(new ConnectionHolder(postgresLocation(url, homedir()), clock))
}

class PostgresDestination implements Destination {
  readonly capabilities = CAPABILITIES
  readonly displayUrl: string
  readonly #holder: ConnectionHolder
  #turn: Promise<unknown> = Promise.resolve()

  constructor(holder: ConnectionHolder) {
    this.#holder = holder
    this.displayUrl = holder.location.displayUrl
  }

  async prepare(tables: readonly TableShape[]): Promise<void> {
    await this.#onConnection(tables, async () => undefined)
  }

  async load(request: LoadRequest, hooks: LoadHooks): Promise<LoadResult> {
    return this.#afterOthers(async () => loadItem(this.#holder, request, hooks), hooks.signal)
  }

  async findLoad(loadKey: string): Promise<LoadRecord | undefined> {
    return this.#inTransaction(async ({ connection }) => findGuard(connection, loadKey))
  }

  async replayedRecords(originLoad: string, exceptLoad = ''): Promise<ReadonlySet<number>> {
    return this.#inTransaction(async ({ connection }) => replayedRecords(connection, originLoad, exceptLoad))
  }

  async writeReport(row: ReportRow): Promise<void> {
    await this.#inTransaction(
      async ({ connection, prepared }) => {
        try {
          await replaceReport(connection, row, prepared.table(row.table))
        } catch (error) {
          throw toPostgresError(error, { displayUrl: this.displayUrl, table: row.table.name })
        }
      },
      [row.table],
    )
  }

  async storedPeriods(
    ...[counters, initial]: Parameters<Destination['storedPeriods']>
  ): ReturnType<Destination['storedPeriods']> {
    return this.#inTransaction(async ({ connection }) => storedPeriods(connection, counters, initial))
  }

  async sweepPeriods(sweep: PeriodSweep): Promise<void> {
    await this.#inTransaction(async (tools) => sweepCounters(tools, sweep))
  }

  async query(sql: string, { limit }: { readonly limit: number }): Promise<QueryResult> {
    const { location } = this.#holder
    return queryDatabase(location, sql, limit).catch((error: unknown) => {
      throw toPostgresError(error, { displayUrl: this.displayUrl })
    })
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#holder.close()
  }

  async #inTransaction<Result>(
    work: (tools: LoadTools) => Promise<Result>,
    tables: readonly TableShape[] = [],
  ): Promise<Result> {
    return this.#onConnection(tables, async (tools) => {
      await tools.connection.begin()
      const result = await work(tools)
      await tools.connection.commit()
      return result
    })
  }

  /** Runs work on the kept connection when the tables are there, again where it met locks of others. Errors undo it. */
  async #onConnection<Result>(
    tables: readonly TableShape[],
    work: (tools: LoadTools) => Promise<Result>,
  ): Promise<Result> {
    return this.#afterOthers(async () =>
      withLockTries({ clock: this.#holder.clock, isLockConflict }, async () => {
        const tools = await this.#holder.tools()
        try {
          await tools.prepared.prepare(tools.connection, tables, this.displayUrl)
          return await work(tools)
        } catch (error) {
          await undo(tools.connection, this.#holder, { confirmed: false })
          if (error instanceof CauceError && error.code === 'DESTINATION_SHAPE') tools.prepared.forget()
          throw error
        }
      }),
    )
  }

  /**
   * One call at a time: there is one connection. Errors of the driver become ours here; a cancelled load rejects with the reason it
   * was given, a sweep whose caller failed with the caller's own error.
   */
  async #afterOthers<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const before = this.#turn
    const mine = (async () => {
      await before
      try {
        return await work()
      } catch (error) {
        if (signal?.aborted === true && error === signal.reason) throw error
        if (error instanceof RecomputeFailed) throw error.cause
        throw toPostgresError(error, { displayUrl: this.displayUrl })
      }
    })()
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}
