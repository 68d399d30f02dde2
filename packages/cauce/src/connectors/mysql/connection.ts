import { randomUUID } from 'node:crypto'
import { createReadStream, type ReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import type {
  Connection,
  ConnectionOptions,
  FieldPacket,
  QueryOptions,
  ResultSetHeader,
  SslOptions,
} from 'mysql2'
import { CauceError } from '../../model/cauce-error.ts'
import { loadDriver } from './driver.ts'
import type { MysqlLocation, TlsFiles } from './location.ts'

export type SqlValue = string | number | null
export type SqlRow = Readonly<Record<string, SqlValue>>

/** What a writing statement did. */
export interface Outcome {
  readonly affectedRows: number
  readonly warnings: number
  /** `Records: 5  Duplicates: 2  Warnings: 0` and the like; empty for most statements. */
  readonly info: string
}

/** What we must know of the server behind a connection. */
export interface ServerFacts {
  readonly isMariaDb: boolean
  readonly maxPacketBytes: number
  readonly localInfile: boolean
  /** Table names are kept and compared in lower case (`lower_case_table_names` is not 0). */
  readonly foldsTableNames: boolean
  readonly threadId: number
  /**
   * Name of a lock this session holds until its end. Who holds it can be asked from another session, so we know for certain
   * that a lost session is gone, and never end a stranger's that got the same number after a restart. Undefined where the
   * server knows no such locks.
   */
  readonly aliveToken: string | undefined
}

const KEEP_ALIVE_DELAY_MS = 10_000
const INFILE_CHUNK_BYTES = 1024 * 1024

/** One session, set up as every statement of ours expects it. Errors are the driver's own; see `errors.ts`. */
export class MysqlConnection {
  readonly facts: ServerFacts
  readonly #driver: Connection
  readonly #socket: Socket
  #usable = true

  private constructor(driver: Connection, socket: Socket, facts: ServerFacts) {
    this.#driver = driver
    this.#socket = socket
    this.facts = facts
    driver.on('error', () => (this.#usable = false))
    socket.on('close', () => (this.#usable = false))
  }

  static async open(location: MysqlLocation): Promise<MysqlConnection> {
    const mysql = await loadDriver()
    const tls = location.tls === undefined ? undefined : await readTlsFiles(location.tls)
    const socket = connect({
      host: location.host,
      port: location.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
    })
    const driver = mysql.createConnection(driverOptions(location, socket, tls))
    driver.on('error', () => undefined)
    try {
      await new Promise<void>((resolve, reject) => {
        driver.connect((error) => (error ? reject(error) : resolve()))
      })
      return new MysqlConnection(driver, socket, await setUpSession(driver, location))
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  /** False once the connection is known to be gone. */
  get usable(): boolean {
    return this.#usable
  }

  /** Runs a query. Whole numbers of 64 bits and decimals come as text, times as the server writes them. */
  async rows(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return (await ask(this.#driver, { sql }, values)) as readonly SqlRow[]
  }

  /** Runs a statement that writes. Values are bound by the server: `?` within names does no harm. */
  async write(sql: string, values?: readonly SqlValue[]): Promise<Outcome> {
    return outcomeOf(await ask(this.#driver, { sql }, values))
  }

  /** As `write`, for a statement that must be answered at once; afterwards the connection is lost. */
  async writeWithin(timeoutMs: number, sql: string): Promise<Outcome> {
    return outcomeOf(await ask(this.#driver, { sql, timeout: timeoutMs }))
  }

  /**
   * Runs LOAD DATA LOCAL INFILE. Whatever file the server asks for, it gets this one, once: a hostile server learns nothing.
   * The driver takes Buffers only, and a broken stream must not pass for a short file: its error rejects this call.
   */
  async loadLocal(sql: string, path: string): Promise<Outcome> {
    let file: ReadStream | undefined
    const infileStreamFactory = (): Readable => {
      if (file !== undefined) return Readable.from([])
      file = createReadStream(path, { highWaterMark: INFILE_CHUNK_BYTES })
      return file
    }
    try {
      return outcomeOf(await ask(this.#driver, { sql, infileStreamFactory }))
    } finally {
      file?.destroy()
    }
  }

  /** Rows as they come, each value as the bytes of its text, without holding them all. */
  streamRows(
    sql: string,
    onColumns: (types: readonly number[], names: readonly string[]) => void,
  ): AsyncIterable<(Buffer | null)[]> {
    const query = this.#driver.query({ sql, rowsAsArray: true, typeCast: false })
    // The driver's types speak of one field where it hands over all of them.
    query.on('fields', (found: unknown) => {
      const fields = found as readonly FieldPacket[]
      onColumns(
        fields.map(({ columnType }) => columnType ?? 0),
        fields.map(({ name }) => name),
      )
    })
    return query.stream({ highWaterMark: 1_000 })
  }

  /** Says goodbye; what was not committed is rolled back. */
  async close(): Promise<void> {
    this.#usable = false
    await new Promise<void>((resolve) => this.#driver.end(() => resolve()))
    this.#socket.destroy()
  }

  /** Cuts the connection: a statement under way rejects at once, whatever the server is doing. */
  cut(): void {
    this.#usable = false
    this.#socket.destroy(
      Object.assign(new Error('the connection was cut'), { code: 'PROTOCOL_CONNECTION_LOST' }),
    )
  }
}

async function readTlsFiles({ caPath, certPath, keyPath }: TlsFiles): Promise<SslOptions> {
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
    rejectUnauthorized: true,
    // Off by default in the driver: any trusted certificate would do, whoever's it is.
    verifyIdentity: true,
  }
}

function driverOptions(
  { host, port, user, password, database, tls, connectTimeoutMs }: MysqlLocation,
  socket: Socket,
  ssl: SslOptions | undefined,
): ConnectionOptions {
  return {
    host: tls?.serverName ?? host,
    port,
    user,
    password,
    database,
    connectTimeout: connectTimeoutMs,
    stream: () => socket,
    ...(ssl === undefined ? {} : { ssl }),
    charset: 'utf8mb4_bin',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
  }
}

/**
 * Settings every statement relies on, whatever the server's defaults. NO_AUTO_VALUE_ON_ZERO: a 0 stays a 0 also in an
 * auto_increment column. Notes are kept: they too tell of values that were cut.
 */
async function setUpSession(driver: Connection, { lockWaitSeconds }: MysqlLocation): Promise<ServerFacts> {
  const modes =
    'STRICT_ALL_TABLES,STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO'
  await ask(driver, {
    sql: `SET SESSION sql_mode = '${modes}', time_zone = '+00:00', autocommit = 1, sql_safe_updates = 0, sql_notes = 1, innodb_lock_wait_timeout = ${lockWaitSeconds}`,
  })
  await ask(driver, { sql: 'SET NAMES utf8mb4 COLLATE utf8mb4_bin' })
  // In small letters: who looks for COMMIT on the wire, to drop its reply, shall find the real one.
  await ask(driver, { sql: 'set session transaction isolation level read committed' })
  const [facts] = (await ask(driver, {
    sql: 'SELECT @@version AS version, @@max_allowed_packet AS packet, @@local_infile AS allows_infile, @@lower_case_table_names AS folds, CONNECTION_ID() AS thread',
  })) as readonly SqlRow[]
  return {
    isMariaDb: /mariadb/i.test(String(facts?.['version'])),
    maxPacketBytes: Number(facts?.['packet']),
    localInfile: Number(facts?.['allows_infile']) === 1,
    foldsTableNames: Number(facts?.['folds']) !== 0,
    threadId: Number(facts?.['thread']),
    aliveToken: await takeAliveToken(driver),
  }
}

async function takeAliveToken(driver: Connection): Promise<string | undefined> {
  const token = `cauce:${randomUUID()}`
  try {
    const [row] = (await ask(driver, { sql: `SELECT GET_LOCK('${token}', 0) AS taken` })) as readonly SqlRow[]
    return Number(row?.['taken']) === 1 ? token : undefined
  } catch (error) {
    if (isLost(error)) throw error
    return undefined
  }
}

async function ask(
  driver: Connection,
  options: QueryOptions,
  values?: readonly SqlValue[],
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const answered = (error: Error | null, result: unknown): void => {
      if (error === null) return resolve(result)
      // The driver hangs the whole statement on its errors, and a statement may hold people's rows.
      Reflect.deleteProperty(error, 'sql')
      reject(error)
    }
    if (values === undefined) driver.query(options, answered)
    else driver.execute({ ...options, values: [...values] }, answered)
  })
}

function outcomeOf(result: unknown): Outcome {
  const { affectedRows, warningStatus, info } = result as ResultSetHeader
  return { affectedRows, warnings: warningStatus, info }
}

/** Whether an error of the driver means that the connection is gone (and not that the server refused something). */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, errno, fatal } = error as { code?: unknown; errno?: unknown; fatal?: unknown }
  if (typeof errno === 'number' && LOST_NUMBERS.has(errno)) return true
  if (typeof code === 'string') return LOST_CODES.has(code)
  // The driver's word for a connection it has given up has no code.
  return fatal === true
}

/** Server shutting down, connection killed, client inactivity. */
const LOST_NUMBERS: ReadonlySet<number> = new Set([1053, 1077, 1079, 1927, 4031])
const LOST_CODES: ReadonlySet<string> = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'PROTOCOL_UNEXPECTED_PACKET',
  'PROTOCOL_ERROR',
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_DESTROYED',
])
