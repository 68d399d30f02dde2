import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

/** Where a PostgreSQL server is and how to get in. */
export interface PostgresCoordinates {
  /** As the server names it, for example `15.18 (Debian 15.18-0+deb12u1)`. */
  version: string
  host: string
  port: number
  /** A superuser. */
  user: string
  password: string
  /** `postgres://user:password@host:port`, without a database. */
  url: string
  /** The server's self-signed TLS certificate, to be trusted as a CA. Readable by root and the server's account. */
  certificatePath: string
}

export interface PostgresDatabase {
  name: string
  /** `postgres://user:password@host:port/name` */
  url: string
  /** One statement in it, on a short connection of its own. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Ends every connection to it, then drops it. */
  drop(): Promise<void>
}

export interface PostgresAccess extends PostgresCoordinates {
  /** A fresh, empty database in UTF-8, which sorts text by the rules of a language and not by bytes. */
  createDatabase(): Promise<PostgresDatabase>
  /** One statement in the database `postgres`, on a short connection of its own. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
}

/** Turns coordinates, which can travel between processes, into something that acts. */
export function postgresAccess(coordinates: PostgresCoordinates): PostgresAccess {
  const queryIn =
    (database: string) =>
    async (sql: string, values: readonly unknown[] = []) =>
      queryPostgres({ ...coordinates, database }, sql, values)
  const query = queryIn('postgres')
  const createDatabase = async () => {
    const name = `cauce_${randomBytes(6).toString('hex')}`
    await query(`CREATE DATABASE ${name}`)
    return {
      name,
      url: `${coordinates.url}/${name}`,
      query: queryIn(name),
      drop: async () => void (await query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
    }
  }
  return { ...coordinates, query, createDatabase }
}

/** One statement on a connection of its own. */
export async function queryPostgres(
  login: Pick<PostgresCoordinates, 'host' | 'port' | 'user' | 'password'> & { readonly database: string },
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const { host, port, user, password, database } = login
  const client = new Client({ host, port, user, password, database, connectionTimeoutMillis: 5_000 })
  // A server that is killed while we are connected is no reason for the test process to end.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, [...values])
    return rows
  } finally {
    await client.end()
  }
}
