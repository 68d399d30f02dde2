import { MysqlConnection } from './connection.ts'
import { InfileChoice, type LoadTools } from './load-tools.ts'
import type { MysqlLocation } from './location.ts'
import { PreparedTables } from './prepare.ts'

/** Keeps one connection for many loads, opened when first needed and again when it broke. */
export class ConnectionHolder {
  readonly location: MysqlLocation
  readonly #prepared = new PreparedTables()
  #infile: InfileChoice | undefined
  #connection: MysqlConnection | undefined

  constructor(location: MysqlLocation) {
    this.location = location
  }

  async tools(): Promise<LoadTools> {
    if (this.#connection?.usable !== true) this.#connection = await MysqlConnection.open(this.location)
    const connection = this.#connection
    this.#infile ??= new InfileChoice(connection.facts.localInfile && this.location.localInfile === 'auto')
    return {
      connection,
      prepared: this.#prepared,
      infile: this.#infile,
      displayUrl: this.location.displayUrl,
    }
  }

  async close(): Promise<void> {
    if (this.#connection?.usable === true) await this.#connection.close()
    this.#connection = undefined
  }
}
