import type { Clock } from '../../model/clock.ts'
import { MysqlConnection } from './connection.ts'
import { InfileChoice, type LoadTools } from './load-tools.ts'
import type { MysqlLocation } from './location.ts'
import { PreparedTables } from './prepare.ts'

/** A connection that rested longer may be dead without our knowing: a firewall forgot it, a network went away. */
const RESTED_MS = 5_000

/** Keeps one connection for many loads, opened when first needed and again when it broke. */
export class ConnectionHolder {
  readonly location: MysqlLocation
  readonly clock: Clock
  readonly #prepared = new PreparedTables()
  #infile: InfileChoice | undefined
  #connection: MysqlConnection | undefined
  #usedMs = 0

  constructor(location: MysqlLocation, clock: Clock) {
    this.location = location
    this.clock = clock
  }

  async tools(): Promise<LoadTools> {
    const connection = (await this.#kept()) ?? (await MysqlConnection.open(this.location))
    this.#connection = connection
    this.#usedMs = this.clock.now()
    this.#infile ??= new InfileChoice(connection.facts.localInfile && this.location.localInfile === 'auto')
    return {
      connection,
      prepared: this.#prepared,
      infile: this.#infile,
      displayUrl: this.location.displayUrl,
    }
  }

  /** The kept connection, if it still answers. */
  async #kept(): Promise<MysqlConnection | undefined> {
    const connection = this.#connection
    if (connection?.usable !== true) return undefined
    if (this.clock.now() - this.#usedMs < RESTED_MS) return connection
    try {
      await connection.writeWithin(this.location.connectTimeoutMs, 'DO 0')
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
