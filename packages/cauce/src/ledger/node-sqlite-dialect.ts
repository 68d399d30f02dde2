import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely'

/** kysely's SQLite dialect on Node's own SQLite, for a file several processes write to. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    super({ database: adapt(database) })
    this.#database = database
  }

  override createDriver(): Driver {
    return new SharedFileDriver(this.#database)
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter()
  }
}

/** SQLite rolls back DDL. Saying so lets migrations run inside one transaction, so that rivals run one after the other. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class SharedFileDriver extends SqliteDriver {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    super({ database: adapt(database) })
    this.#database = database
  }

  /** node:sqlite never yields: without a turn of the loop, leases and heartbeats of a busy process would starve. */
  override async acquireConnection(): Promise<DatabaseConnection> {
    await setImmediate()
    return super.acquireConnection()
  }

  /** Takes the write lock at once: a transaction that began by reading can fail half-way when a rival wrote meanwhile. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** A full disk makes SQLite roll back by itself; a second rollback would hide the error that tells so. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await super.rollbackTransaction(connection)
  }
}

/** Preparing costs more than running: keeping statements halves the time of a claim. Those over long lists are all different. */
const KEPT_STATEMENTS = 200
const KEPT_STATEMENT_LENGTH = 2_000

function adapt(database: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql: string): SqliteStatement {
      const known = kept.get(sql)
      if (known !== undefined) return known
      const statement = prepare(database, sql)
      if (kept.size >= KEPT_STATEMENTS) kept.clear()
      if (sql.length <= KEPT_STATEMENT_LENGTH) kept.set(sql, statement)
      return statement
    },
  }
}

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql)
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bind(parameters)),
    run: (parameters) => statement.run(...bind(parameters)),
    iterate: (parameters) => statement.iterate(...bind(parameters)),
  }
}

/** The tables hold whole numbers, text and null only. */
function bind(parameters: readonly unknown[]): readonly (null | number | bigint | string)[] {
  return parameters as readonly (null | number | bigint | string)[]
}
