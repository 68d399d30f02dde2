import type { Clock } from '../../model/clock.ts'
import { PostgresConnection } from './connection.ts'
import type { LoadTools } from './load-tools.ts'
import type { PostgresLocation } from './location.ts'
import { PreparedTables } from './prepare.ts'

/** A connection that rested longer may be dead without our knowing: a firewall forgot it, a network went away. */
const RESTED_MS = 5_000

/** Keeps one connection for many loads, opened when first needed and again when it broke. */
export class ConnectionHolder {
  readonly location: PostgresLocation
  readonly clock: Clock
  readonly #prepared = new PreparedTables()
  #connection: PostgresConnection | undefined
  #usedMs = 0

  constructor(location: PostgresLocation, clock: Clock) {
    this.location = location
    this.clock = clock
  }

  async tools(): Promise<LoadTools> {
    const connection = (await this.#kept()) ?? (await PostgresConnection.open(this.location))
    this.#connection = connection
    this.#usedMs = this.clock.now()
    return { connection, prepared: this.#prepared, displayUrl: this.location.displayUrl }
  }

  /** The kept connection, if it still answers. */
  async #kept(): Promise<PostgresConnection | undefined> {
    const connection = this.#connection
    if (connection?.usable !== true) return undefined
    if (this.clock.now() - this.#usedMs < RESTED_MS) return connection
    try {
      await connection.beginWithin(this.location.connectTimeoutMs)
      await connection.rollback()
      return connection
    } catch {
      connection.cut()
      return undefined
    }
  }

  async close(): Promise<void> {
    if (this.#connection?.usable === true) await this.#connection.close()
    this.#connection = undefined
  }
}
