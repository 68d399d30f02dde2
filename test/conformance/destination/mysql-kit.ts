import { createConnection, type Connection } from 'mysql2/promise'
import { openMysqlDestination } from '../../../packages/cauce/src/connectors/mysql/destination.ts'
import type { SqlAccess } from '../../servers/sql-access.ts'
import type { KitDatabase } from './kit.ts'

/** Databases on a real MariaDB or MySQL; `options` go to the destination's URL, as in `?local_infile=off`. */
export function mysqlKit(
  server: () => SqlAccess,
  options = '',
): { createDatabase(): Promise<MysqlDatabase> } {
  return {
    createDatabase: async () => {
      const access = server()
      const database = await access.createDatabase()
      const { host, port, user, password } = access
      const connection = await createConnection({
        host,
        port,
        user,
        password,
        database: database.name,
        supportBigNumbers: true,
        bigNumberStrings: true,
        dateStrings: true,
        jsonStrings: true,
        charset: 'utf8mb4_bin',
      })
      return new MysqlDatabase(connection, {
        url: `${database.url}${options}`,
        drop: async () => database.drop(),
      })
    },
  }
}

interface OneDatabase {
  readonly url: string
  readonly drop: () => Promise<void>
}

export class MysqlDatabase implements KitDatabase {
  readonly #connection: Connection
  readonly #database: OneDatabase

  constructor(connection: Connection, database: OneDatabase) {
    this.#connection = connection
    this.#database = database
  }

  get url(): string {
    return this.#database.url
  }

  async open(): ReturnType<KitDatabase['open']> {
    return openMysqlDestination(this.#database.url)
  }

  async run(sql: string): Promise<void> {
    await this.#connection.query({ sql })
  }

  quoteName(name: string): string {
    return `\`${name.replaceAll('`', '``')}\``
  }

  async read(table: string, columns: readonly string[]): Promise<(string | number | null)[][]> {
    const names = columns.map((column) => this.quoteName(column)).join(', ')
    const [rows] = await this.#connection.query({
      sql: `SELECT ${names} FROM ${this.quoteName(table)}`,
      rowsAsArray: true,
    })
    return rows as (string | number | null)[][]
  }

  async tables(): Promise<string[]> {
    const [rows] = await this.#connection.query({
      sql: 'SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME',
      rowsAsArray: true,
    })
    return (rows as string[][]).map(([name = '']) => name)
  }

  /** From the engine's own status: INNODB_TRX shows an old picture to whoever asks more often than every 100 ms. */
  async openTransactions(): Promise<number> {
    const [processes] = await this.#connection.query({
      sql: 'SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE()',
      rowsAsArray: true,
    })
    const ours = new Set((processes as unknown[][]).map(([id]) => Number(id)))
    const [rows] = await this.#connection.query({ sql: 'SHOW ENGINE INNODB STATUS', rowsAsArray: true })
    const status = String((rows as unknown[][])[0]?.[2])
    return status
      .split('---TRANSACTION ')
      .slice(1)
      .filter((transaction) => /^\d+, ACTIVE/.test(transaction))
      .filter((transaction) => ours.has(Number(/thread id (\d+)/.exec(transaction)?.[1]))).length
  }

  async dispose(): Promise<void> {
    this.#connection.destroy()
    await this.#database.drop()
  }
}
