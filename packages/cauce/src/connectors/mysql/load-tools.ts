import type { MysqlConnection } from './connection.ts'
import type { PreparedTables } from './prepare.ts'

/** What statements of a load or a sweep work with. */
export interface LoadTools {
  readonly connection: MysqlConnection
  readonly prepared: PreparedTables
  readonly infile: InfileChoice
  readonly displayUrl: string
}

/** Whether this server takes LOAD DATA LOCAL INFILE: its setting says so, the URL may forbid it, a refusal settles it. */
export class InfileChoice {
  #allowed: boolean

  constructor(allowed: boolean) {
    this.#allowed = allowed
  }

  get allowed(): boolean {
    return this.#allowed
  }

  forbid(): void {
    this.#allowed = false
  }
}
