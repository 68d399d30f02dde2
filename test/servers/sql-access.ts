import { randomBytes } from 'node:crypto'
import { createConnection } from 'mysql2/promise'

/** Where a MariaDB or MySQL server is and how to get in. */
export interface SqlCoordinates {
  kind: 'mariadb' | 'mysql'
  /** As the server names it, for example `10.11.19-MariaDB-0+deb12u1`. */
  version: string
  host: string
  port: number
  /** May do everything, grants included. */
  user: string
  password: string
  /** `mysql://user:password@host:port`, without a database. */
  url: string
  /** The server's self-signed TLS certificate, to be trusted as a CA. Readable by root and the server's account. */
  certificatePath: string
}

export interface TestDatabase {
  name: string
  /** `mysql://user:password@host:port/name` */
  url: string
  drop(): Promise<void>
}

export interface SqlAccess extends SqlCoordinates {
  /** A fresh, empty database with the server's default character set (utf8mb4). */
  createDatabase(): Promise<TestDatabase>
  /** One statement on a short connection of its own; rows as objects, none for statements without rows. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
}

/** Turns coordinates, which can travel between processes, into something that acts. */
export function sqlAccess(coordinates: SqlCoordinates): SqlAccess {
  const query = async (sql: string, values: readonly unknown[] = []) => querySql(coordinates, sql, values)
  const createDatabase = async () => {
    const name = `cauce_${randomBytes(6).toString('hex')}`
    await query(`CREATE DATABASE ${name}`)
    return {
      name,
      url: `${coordinates.url}/${name}`,
      drop: async () => void (await query(`DROP DATABASE IF EXISTS ${name}`)),
    }
  }
  return { ...coordinates, query, createDatabase }
}

/** One statement on a connection of its own. */
export async function querySql(
  { host, port, user, password }: Pick<SqlCoordinates, 'host' | 'port' | 'user' | 'password'>,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const connection = await createConnection({ host, port, user, password, connectTimeout: 5_000 })
  try {
    const [rows] = await connection.query(sql, [...values])
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  } finally {
    connection.destroy()
  }
}
