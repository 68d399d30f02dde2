import { setTimeout as sleep } from 'node:timers/promises'
import type * as Pg from 'pg'
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import { CauceError } from '../model/cauce-error.ts'
import { isIdOfFuture, isLost, NoAnswerError } from './postgres-error.ts'
import { quoteLiteral, quoteName } from './postgres-quote.ts'

/** What one statement may take on the server, waits for rows included; longer than any honest one. */
const STATEMENT_TIMEOUT_MS = 20_000

/** A process that stands still in mid-transaction holds rows others wait for: the server ends its session after this. */
const IDLE_TIMEOUT_MS = 10_000

/** After this without an answer the line is dead: the server would have given up before. */
const ANSWER_TIMEOUT_MS = 30_000

const OUTCOME_PAUSE_MS = 100

/** A closing line that is dead never says so. */
const CLOSE_TIMEOUT_MS = 2_000

interface PostgresDriverOptions {
  readonly pool: Pg.Pool
  readonly schema: string
  readonly displayUrl: string
  /** How long the outcome of a COMMIT whose reply was lost is asked for: the server may first have to find out that we are gone. */
  readonly outcomeTimeoutMs: number
}

/**
 * kysely's way to a ledger on PostgreSQL. Nothing is left in a session (settings are the transaction's own, no named statements,
 * no advisory locks), so poolers that change the session with every transaction do no harm.
 */
export class PostgresDriver implements Driver {
  readonly #pool: Pg.Pool
  readonly #begin: string
  readonly #displayUrl: string
  readonly #outcomeTimeoutMs: number
  readonly #clients = new Set<Pg.PoolClient>()

  constructor({ pool, schema, displayUrl, outcomeTimeoutMs }: PostgresDriverOptions) {
    this.#pool = pool
    this.#begin = beginStatement(schema)
    this.#displayUrl = displayUrl
    this.#outcomeTimeoutMs = outcomeTimeoutMs
    // Without listeners, a connection that drops would end the process.
    pool.on('error', () => undefined)
    pool.on('connect', (client) => {
      client.on('error', () => undefined)
      this.#clients.add(client)
    })
    pool.on('remove', (client) => this.#clients.delete(client))
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    return new PostgresConnection(await this.#pool.connect())
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release()
  }

  async beginTransaction(connection: PostgresConnection): Promise<void> {
    await connection.begin(this.#begin)
  }

  /** A lost reply says nothing: whether it was committed is asked on another connection. */
  async commitTransaction(connection: PostgresConnection): Promise<void> {
    try {
      await connection.commit()
    } catch (error) {
      if (!isLost(error)) throw error
      const outcome = await this.#outcomeOf(connection.transactionId)
      if (outcome === 'committed') return
      if (outcome === 'aborted') throw error
      throw new CauceError('LEDGER_COMMIT_UNKNOWN', { url: this.#displayUrl }, { cause: error })
    }
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    await connection.rollback()
  }

  async destroy(): Promise<void> {
    const ended = this.#pool.end()
    await Promise.race([ended, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })])
    for (const client of this.#clients) unref(client)
  }

  async #outcomeOf(transactionId: string): Promise<'committed' | 'aborted' | undefined> {
    const deadline = performance.now() + this.#outcomeTimeoutMs
    while (performance.now() < deadline) {
      try {
        const status = await this.#askOutcome(transactionId)
        if (status !== 'in progress') return status
      } catch (error) {
        if (isIdOfFuture(error)) return 'aborted'
        if (!isLost(error)) return undefined
      }
      await sleep(OUTCOME_PAUSE_MS)
    }
    return undefined
  }

  /** Undefined: too long ago to be known. */
  async #askOutcome(transactionId: string): Promise<'committed' | 'aborted' | 'in progress' | undefined> {
    const connection = new PostgresConnection(await this.#pool.connect())
    try {
      const { rows } = await connection.ask('select pg_xact_status($1::text::xid8) as status', [
        transactionId,
      ])
      const { status } = rows[0] as { status: 'committed' | 'aborted' | 'in progress' | null }
      return status ?? undefined
    } finally {
      connection.release()
    }
  }
}

/** Begins a transaction and sets it up in one round trip; answers with its id, which outlives it. */
function beginStatement(schema: string): string {
  const settings = {
    // Only for statements of ours that name no schema; kysely names it in every statement it builds.
    search_path: quoteName(schema),
    statement_timeout: String(STATEMENT_TIMEOUT_MS),
    idle_in_transaction_session_timeout: String(IDLE_TIMEOUT_MS),
  }
  const set = Object.entries(settings).map(
    ([name, value]) => `set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`,
  )
  // A settled item must survive a power cut, because its destination row will.
  const durable = `set_config('synchronous_commit', case current_setting('synchronous_commit')
    when 'off' then 'on' else current_setting('synchronous_commit') end, true)`
  return `begin isolation level read committed read write;
    select ${[...set, durable].join(', ')}, pg_current_xact_id()::text as id`
}

class PostgresConnection implements DatabaseConnection {
  readonly #client: Pg.PoolClient
  #usable = true
  /** Of the transaction begun last. */
  transactionId = ''

  constructor(client: Pg.PoolClient) {
    this.#client = client
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { command, rowCount, rows } = await this.ask(sql, [...parameters])
    const isWrite = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE'
    return {
      ...(isWrite && { numAffectedRows: BigInt(rowCount ?? 0) }),
      rows: rows as Row[],
    }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new TypeError('the ledger streams nothing')
  }

  async begin(statements: string): Promise<void> {
    // Several statements in one text come back as a list of results, which the driver's types do not tell.
    const results = (await this.ask(statements)) as unknown as readonly Pg.QueryResult<{ id: string }>[]
    this.transactionId = results.at(-1)?.rows[0]?.id ?? ''
  }

  async commit(): Promise<void> {
    // The only words in capitals: who looks for COMMIT on the wire, to drop its reply, shall find this one.
    const { command } = await this.ask('COMMIT')
    // What the server answers when a statement failed and somebody went on as if it had not.
    if (command === 'ROLLBACK') throw new TypeError('a failed statement was passed over before COMMIT')
  }

  /** Never fails: a connection that cannot roll back is given up, and with it the server rolls back. */
  async rollback(): Promise<void> {
    if (!this.#usable) return
    try {
      await this.ask('rollback')
    } catch {
      this.#usable = false
    }
  }

  /** Puts a question to the server; an answer that does not come means that the connection is dead. */
  async ask(sql: string, values?: readonly unknown[]): Promise<Pg.QueryResult<object>> {
    const silence = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => silence.reject(new NoAnswerError(`no answer in ${ANSWER_TIMEOUT_MS / 1000} s`)),
      ANSWER_TIMEOUT_MS,
    )
    try {
      return await Promise.race([
        values === undefined ? this.#client.query(sql) : this.#client.query(sql, [...values]),
        silence.promise,
      ])
    } catch (error) {
      if (isLost(error)) this.#usable = false
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Back to the pool; one that is no longer good is cut at once. */
  release(): void {
    this.#client.release(!this.#usable)
  }
}

/** Lets the process end in spite of a line that does not close; the driver's types do not tell of it. */
function unref(client: Pg.PoolClient): void {
  if ('unref' in client && typeof client.unref === 'function') client.unref()
}
