import { homedir } from 'node:os'
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
import { isLockConflict, toMysqlError } from './errors.ts'
import { findGuard } from './guard.ts'
import { loadItem } from './load-item.ts'
import { mysqlLocation } from './location.ts'
import type { LoadTools } from './load-tools.ts'
import { storedPeriods } from './periods.ts'
import { queryDatabase } from './query.ts'
import { replayedRecords } from './replay-marks.ts'
import { replaceReport } from './report.ts'
import { RecomputeFailed, sweepCounters } from './sweep.ts'
import { undo } from './undo.ts'

const CAPABILITIES: DestinationCapabilities = { stagingFormat: 'mysql-text', maxConcurrentLoads: 8 }

/**
 * A MySQL or MariaDB database as destination, by `mysql://user:password@host:port/database?options` (see `mysqlLocation`). Nothing is
 * connected before the first call that needs it; then one connection serves all calls, one after the other.
 * @throws {CauceError} CONFIG_INVALID
 */
// oxlint-disable-next-line typescript/require-await -- what is wrong with the URL is a rejection, as for every destination
export async function openMysqlDestination(
  url: string,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<Destination> {
  return new MysqlDestination(new ConnectionHolder(mysqlLocation(url, homedir()), clock))
}

class MysqlDestination implements Destination {
  readonly capabilities = CAPABILITIES
  readonly displayUrl: string
  readonly #holder: ConnectionHolder
  #turn: Promise<unknown> = Promise.resolve()

  constructor(holder: ConnectionHolder) {
    this.#holder = holder
    this.displayUrl = holder.location.displayUrl
  }

  async prepare(tables: readonly TableShape[]): Promise<void> {
    await this.#inTurn(async ({ connection, prepared }) => {
      for (const table of tables)
        await this.#speakingOf(table.name, async () => prepared.prepare(connection, [table]))
      if (tables.length === 0) await prepared.prepare(connection, [])
    })
  }

  async load(request: LoadRequest, hooks: LoadHooks): Promise<LoadResult> {
    return this.#afterOthers(async () => loadItem(this.#holder, request, hooks), hooks.signal)
  }

  async findLoad(loadKey: string): Promise<LoadRecord | undefined> {
    return this.#inTurn(async ({ connection }) => findGuard(connection, loadKey))
  }

  async replayedRecords(originLoad: string, exceptLoad = ''): Promise<ReadonlySet<number>> {
    return this.#inTurn(async ({ connection }) => replayedRecords(connection, originLoad, exceptLoad))
  }

  async writeReport(row: ReportRow): Promise<void> {
    await this.#inTurn(async ({ connection, prepared }) =>
      this.#speakingOf(row.table.name, async () => {
        const table = await prepared.table(connection, row.table)
        await connection.write('START TRANSACTION')
        await replaceReport(connection, row, table)
        await connection.write('COMMIT')
      }),
    )
  }

  async storedPeriods(
    ...[counters, initial]: Parameters<Destination['storedPeriods']>
  ): ReturnType<Destination['storedPeriods']> {
    return this.#inTurn(async ({ connection }) => storedPeriods(connection, counters, initial))
  }

  async sweepPeriods(sweep: PeriodSweep): Promise<void> {
    const { lockWaitSeconds } = this.#holder.location
    await this.#inTurn(async (tools) => sweepCounters({ ...tools, lockWaitSeconds }, sweep))
  }

  async query(sql: string, { limit }: { readonly limit: number }): Promise<QueryResult> {
    const { location } = this.#holder
    return queryDatabase(location, sql, limit).catch((error: unknown) => {
      throw toMysqlError(error, { displayUrl: this.displayUrl })
    })
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#holder.close()
  }

  /**
   * Runs work on the kept connection, again where it met locks of others. After an error the session is ended: its transaction and
   * settings go with it.
   */
  async #inTurn<Result>(work: (tools: LoadTools) => Promise<Result>): Promise<Result> {
    return this.#afterOthers(async () =>
      withLockTries({ clock: this.#holder.clock, isLockConflict }, async () => {
        const tools = await this.#holder.tools()
        try {
          await tools.prepared.prepare(tools.connection, [])
          return await work(tools)
        } catch (error) {
          await undo(tools.connection, this.#holder, { confirmed: false })
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
        throw toMysqlError(error, { displayUrl: this.displayUrl })
      }
    })()
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  async #speakingOf(table: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      throw toMysqlError(error, { displayUrl: this.displayUrl, table })
    }
  }
}
