import { Client } from 'pg'
import { openPostgresDestination } from '../../../packages/cauce/src/connectors/postgres/destination.ts'
import type { PostgresAccess } from '../../servers/postgres-access.ts'
import type { DestinationKit, KitDatabase } from './kit.ts'

export interface PostgresKit extends DestinationKit {
  createDatabase(): Promise<PostgresKitDatabase>
}

/** Databases on a real PostgreSQL; `options` go to the destination's URL, as in `?schema=ventas`. */
export function postgresKit(server: () => PostgresAccess, options = ''): PostgresKit {
  const schema = decodeURIComponent(/[?&]schema=([^&]+)/.exec(options)?.[1] ?? 'public')
  return {
    refusesNul: true,
    createDatabase: async () => {
      const access = server()
      const database = await access.createDatabase()
      const { host, port, user, password } = access
      const client = new Client({
        host,
        port,
        user,
        password,
        database: database.name,
        types: { getTypeParser: () => (value: string) => value },
      })
      client.on('error', () => undefined)
      await client.connect()
      // As a person's own tool would be set: in another language's order, another zone, another way to write dates.
      const q = `"${schema.replaceAll('"', '""')}"`
      await client.query(
        `create schema if not exists ${q}; set search_path to ${q}; set timezone to 'Asia/Tokyo'`,
      )
      return new PostgresKitDatabase(client, {
        url: `${database.url}${options}`,
        schema,
        drop: async () => database.drop(),
      })
    },
  }
}

interface OneDatabase {
  readonly url: string
  readonly schema: string
  readonly drop: () => Promise<void>
}

export class PostgresKitDatabase implements KitDatabase {
  readonly #client: Client
  readonly #database: OneDatabase

  constructor(client: Client, database: OneDatabase) {
    this.#client = client
    this.#database = database
  }

  get url(): string {
    return this.#database.url
  }

  async open(): ReturnType<KitDatabase['open']> {
    return openPostgresDestination(this.#database.url)
  }

  async run(sql: string): Promise<void> {
    await this.#client.query(sql)
  }

  quoteName(name: string): string {
    return `"${name.replaceAll('"', '""')}"`
  }

  async read(table: string, columns: readonly string[]): Promise<(string | number | null)[][]> {
    const names = columns.map((column) => this.quoteName(column)).join(', ')
    const { rows } = await this.#client.query<(string | null)[]>({
      text: `select ${names} from ${this.quoteName(this.#database.schema)}.${this.quoteName(table)}`,
      rowMode: 'array',
    })
    return rows.map((row) => row.map((value) => (value === 't' ? 'true' : value === 'f' ? 'false' : value)))
  }

  async tables(): Promise<string[]> {
    const { rows } = await this.#client.query<{ name: string }>(
      'select tablename as name from pg_tables where schemaname = $1 order by tablename',
      [this.#database.schema],
    )
    return rows.map(({ name }) => name)
  }

  async openTransactions(): Promise<number> {
    const { rows } = await this.#client.query<{ n: string }>(
      `select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and application_name = 'cauce' and xact_start is not null`,
    )
    return Number(rows[0]?.n)
  }

  async dispose(): Promise<void> {
    await this.#client.end()
    await this.#database.drop()
  }
}
