import { createReadStream, createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { checkServerIdentity, type ConnectionOptions } from 'node:tls'
import type { Client, ClientConfig, QueryResult } from 'pg'
import { CauceError } from '../../model/cauce-error.ts'
import { type Driver, loadDriver } from './driver.ts'
import { isLost } from '../../model/postgres-lost.ts'
import type { PostgresLocation, TlsPlan } from './location.ts'
import { quoteName, quoteText } from './quote.ts'

export type SqlValue = string | number | null | readonly (string | number)[]
/** Every value as the server writes it. */
export type SqlRow = Readonly<Record<string, string | null>>

/** The transaction begun last: the server's process, and when it began there. No process begins two in one microsecond. */
export interface TransactionFacts {
  readonly pid: string
  /** Microseconds since 1970 UTC by the server's clock. */
  readonly startedUs: string
}

export interface ArrayAnswer {
  readonly columns: readonly { readonly name: string; readonly typeId: number }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

const KEEP_ALIVE_DELAY_MS = 10_000
const COPY_CHUNK_BYTES = 256 * 1024

/** Longer than any honest statement of a load; a server that hangs is not waited for without end. */
const STATEMENT_TIMEOUT_SECONDS = 3_600

/** A process that stands still in mid-transaction holds rows others wait for; working out merged rows again may take minutes. */
const IDLE_TIMEOUT_SECONDS = 900

/** Text with a NUL in it is on its way: the server knows none. */
export class NulFound extends Error {
  override readonly name = 'NulFound'
}

/**
 * One session. Nothing of ours is left in it between transactions (settings are the transaction's own, no named statements), so
 * poolers that change the session with every transaction do no harm. Errors are the driver's own; see `errors.ts`.
 */
export class PostgresConnection {
  readonly #driver: Driver
  readonly #client: Client
  readonly #socket: Socket
  readonly #location: PostgresLocation
  #usable = true
  #facts: TransactionFacts | undefined

  private constructor(driver: Driver, client: Client, socket: Socket, location: PostgresLocation) {
    this.#driver = driver
    this.#client = client
    this.#socket = socket
    this.#location = location
    client.on('error', () => (this.#usable = false))
    client.on('end', () => (this.#usable = false))
    socket.on('close', () => (this.#usable = false))
  }

  static async open(location: PostgresLocation): Promise<PostgresConnection> {
    const driver = await loadDriver()
    const tls = location.tls === undefined ? undefined : await tlsOptions(location.tls)
    const socket = new Socket()
    const client = new driver.Client(driverOptions(location, socket, tls))
    const connection = new PostgresConnection(driver, client, socket, location)
    try {
      await client.connect()
      await connection.#watchForOurEnd()
      return connection
    } catch (error) {
      connection.cut()
      throw error
    }
  }

  /** False once the connection is known to be gone. */
  get usable(): boolean {
    return this.#usable
  }

  get schema(): string {
    return this.#location.schema
  }

  /** Of the transaction begun last; undefined before the first. */
  get facts(): TransactionFacts | undefined {
    return this.#facts
  }

  /** Begins a transaction and sets it up as every statement of ours expects it, in one round trip. */
  async begin(access: 'read write' | 'read only' = 'read write'): Promise<void> {
    this.#facts = undefined
    // Several statements in one text come back as a list of results, which the driver's types do not tell.
    const results = (await this.#client.query(
      beginStatement(this.#location, access),
    )) as unknown as readonly QueryResult<SqlRow>[]
    const row = results.at(-1)?.rows[0]
    this.#facts = { pid: row?.['pid'] ?? '', startedUs: row?.['started_us'] ?? '' }
  }

  /** As `begin`, to be answered at once; else the connection is cut. */
  async beginWithin(timeoutMs: number): Promise<void> {
    const late = setTimeout(() => this.cut(), timeoutMs)
    try {
      await this.begin()
    } finally {
      clearTimeout(late)
    }
  }

  /** `load` is spelled as nothing else of ours: who looks for COMMIT on the wire, to drop its reply, shall find that of a load. */
  async commit(of?: 'load'): Promise<void> {
    const { command } = await this.#client.query(of === 'load' ? 'COMMIT' : 'commit')
    // What the server answers when a statement failed and somebody went on as if it had not.
    if (command === 'ROLLBACK') throw new TypeError('a failed statement was passed over before COMMIT')
  }

  async rollback(): Promise<void> {
    await this.#client.query('rollback')
  }

  async rows(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    const { rows } = await this.#client.query<SqlRow>(sql, values === undefined ? undefined : [...values])
    return rows
  }

  /** Runs a statement that writes. @returns affected rows */
  async write(sql: string, values?: readonly SqlValue[]): Promise<number> {
    const { rowCount } = await this.#client.query(sql, values === undefined ? undefined : [...values])
    return rowCount ?? 0
  }

  /** One statement, and no other behind a semicolon; its rows as lists. */
  async answer(sql: string): Promise<ArrayAnswer> {
    // The driver takes several statements in one text unless it is told; its types do not know the word.
    const question = { text: sql, rowMode: 'array' as const, queryMode: 'extended' }
    const { fields, rows } = await this.#client.query<(string | null)[]>(question)
    return { columns: fields.map(({ name, dataTypeID }) => ({ name, typeId: dataTypeID })), rows }
  }

  /**
   * Runs COPY ... FROM STDIN with a file's bytes. @returns rows, by the server's count
   * @throws {NulFound} before the server would say so without a column
   */
  async copyIn(sql: string, path: string): Promise<number> {
    const target = this.#client.query(this.#driver.copyFrom(sql))
    const file = createReadStream(path, { highWaterMark: COPY_CHUNK_BYTES })
    const watched = new Transform({
      transform: (chunk: Buffer, _encoding, pass) =>
        chunk.includes(0) ? pass(new NulFound('a text holds NUL')) : pass(null, chunk),
    })
    await pipeline(file, watched, target)
    return target.rowCount
  }

  /** Runs COPY ... TO STDOUT into a file. @returns rows */
  async copyOut(sql: string, path: string): Promise<number> {
    const source = this.#client.query(this.#driver.copyTo(sql))
    await pipeline(source, createWriteStream(path))
    return source.rowCount
  }

  /** Says goodbye; what was not committed is rolled back. */
  async close(): Promise<void> {
    this.#usable = false
    await this.#client.end().catch(() => undefined)
    this.#socket.destroy()
  }

  /** Cuts the connection: a statement under way rejects at once, whatever the server is doing. */
  cut(): void {
    this.#usable = false
    this.#socket.destroy()
  }

  /** Lets the server notice within seconds that we are gone, also in the middle of a statement. Not every server can. */
  async #watchForOurEnd(): Promise<void> {
    for (const setting of ["client_connection_check_interval = '5s'", 'tcp_keepalives_idle = 60'])
      await this.#client.query(`set ${setting}`).catch((error: unknown) => {
        if (isLost(error)) throw error
      })
  }
}

function beginStatement({ schema, lockWaitSeconds }: PostgresLocation, access: string): string {
  const settings = {
    // Whatever the pipeline names is named with its schema; this is for our own tables, and for people's triggers.
    search_path: `${quoteName(schema)}, pg_temp`,
    timezone: 'UTC',
    datestyle: 'ISO, YMD',
    intervalstyle: 'iso_8601',
    extra_float_digits: '1',
    bytea_output: 'hex',
    standard_conforming_strings: 'on',
    lock_timeout: `${lockWaitSeconds}s`,
    statement_timeout: `${STATEMENT_TIMEOUT_SECONDS}s`,
    idle_in_transaction_session_timeout: `${IDLE_TIMEOUT_SECONDS}s`,
  }
  const set = Object.entries(settings).map(
    ([name, value]) => `set_config(${quoteText(name)}, ${quoteText(value)}, true)`,
  )
  // What we tell the ledger as loaded must survive a power cut.
  const durable = `set_config('synchronous_commit', case current_setting('synchronous_commit')
    when 'off' then 'on' else current_setting('synchronous_commit') end, true)`
  return `begin isolation level read committed ${access};
    select ${[...set, durable].join(', ')}, 
      (extract(epoch from transaction_timestamp()) * 1000000)::bigint as started_us, pg_backend_pid() as pid`
}

async function tlsOptions({
  mode,
  caPath,
  certPath,
  keyPath,
  serverName,
}: TlsPlan): Promise<ConnectionOptions> {
  const read = async (path: string | undefined): Promise<string | undefined> => {
    if (path === undefined) return undefined
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      throw new CauceError('CONFIG_INVALID', { where: path, detail: 'cannot be read' }, { cause: error })
    }
  }
  const [ca, cert, key] = [await read(caPath), await read(certPath), await read(keyPath)]
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: mode !== 'require',
    // Said by us: the driver hands on no address, and Node would then look for `localhost`.
    checkServerIdentity: (_host, certificate) =>
      mode === 'verify-full' ? checkServerIdentity(serverName, certificate) : undefined,
  }
}

function driverOptions(
  { host, port, user, password, database, connectTimeoutMs }: PostgresLocation,
  socket: Socket,
  ssl: ConnectionOptions | undefined,
): ClientConfig {
  return {
    host,
    port,
    user,
    password,
    database,
    ssl: ssl ?? false,
    application_name: 'cauce',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    client_encoding: 'UTF8',
    stream: () => socket,
    // Text as the server writes it: a number of JavaScript would lose digits, a Date the zone.
    types: { getTypeParser: () => (value: string) => value },
  }
}
