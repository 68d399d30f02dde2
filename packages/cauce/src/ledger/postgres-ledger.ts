import { setTimeout } from 'node:timers/promises'
import type * as Pg from 'pg'
import { CamelCasePlugin, Kysely, sql, WithSchemaPlugin } from 'kysely'
import { CauceError } from '../model/cauce-error.ts'
import type { Ledger } from './ledger-access.ts'
import { PostgresDialect } from './postgres-dialect.ts'
import { PostgresDriver } from './postgres-driver.ts'
import { isConflict, isLost, postgresError, type PostgresPlace } from './postgres-error.ts'
import type { PostgresLocation } from './postgres-location.ts'
import type { LedgerTables } from './tables.ts'

/** A process does few things at once; many processes share the server's connections. */
const MAX_CONNECTIONS = 4
const CONNECT_TIMEOUT_MS = 10_000
const IDLE_CONNECTION_MS = 60_000
const KEEP_ALIVE_DELAY_MS = 10_000

/** A server that restarts or fails over is back by then; longer than that is for whoever called to bear. */
const PATIENCE_MS = 30_000

/**
 * Connects, once, without patience: a wrong address is told at once. The tables may be absent still. `patienceMs` is how long
 * an open ledger that cannot be reached any more is tried again.
 * @throws {CauceError} CONFIG_INVALID, DRIVER_MISSING, LEDGER_ACCESS, LEDGER_UNREACHABLE, LEDGER_FAILED
 */
export async function openPostgresLedger(
  location: PostgresLocation,
  patienceMs = PATIENCE_MS,
): Promise<Ledger> {
  const { schema, displayUrl } = location
  const pool = await openPool(location)
  const driver = new PostgresDriver({ pool, schema, displayUrl, outcomeTimeoutMs: patienceMs })
  const db = new Kysely<LedgerTables>({
    dialect: new PostgresDialect(driver),
    plugins: [new CamelCasePlugin(), new WithSchemaPlugin(schema)],
  })
  const close = async () => db.destroy()
  try {
    await refuseUnfit(db, displayUrl)
  } catch (error) {
    await close()
    throw postgresError(error, location)
  }
  return {
    dialect: 'postgres',
    displayUrl,
    path: undefined,
    schema,
    db,
    insist: async (act) => whileItHelps(location, patienceMs, act),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function openPool({ connectionString, displayUrl }: PostgresLocation): Promise<Pg.Pool> {
  const { Pool, types } = await loadDriver()
  const getTypeParser: Pg.CustomTypesConfig['getTypeParser'] = (oid: number, format?: 'text' | 'binary') =>
    WHOLE_NUMBERS.has(oid) ? Number : types.getTypeParser(oid, format)
  try {
    return new Pool({
      connectionString,
      application_name: 'cauce',
      max: MAX_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
      types: { getTypeParser },
    })
  } catch (error) {
    // A certificate that cannot be read, a port that is none. The driver keeps the URL out of its words.
    const said = error instanceof Error ? error.message : String(error)
    throw new CauceError('CONFIG_INVALID', { where: `ledger ${displayUrl}`, detail: said }, { cause: error })
  }
}

/** int8, and numeric as which the server sums it: the ledger counts in whole numbers that JavaScript holds. */
const WHOLE_NUMBERS: ReadonlySet<number> = new Set([20, 1700])

type PgDriver = Pick<typeof Pg, 'Pool' | 'types'>

/** The driver, loaded when first needed: whoever keeps the ledger in SQLite need not install it. @throws {CauceError} DRIVER_MISSING */
export async function loadDriver(
  load: () => Promise<{ default: PgDriver }> = async () => import('pg'),
): Promise<PgDriver> {
  try {
    return (await load()).default
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new CauceError('DRIVER_MISSING', { system: 'PostgreSQL', driver: 'pg' }, { cause: error })
  }
}

const OLDEST_VERSION = 14

async function refuseUnfit(db: Kysely<LedgerTables>, displayUrl: string): Promise<void> {
  const { rows } = await sql<{ version: number; encoding: string; isReplica: boolean }>`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
           pg_is_in_recovery() as "isReplica"`.execute(db)
  const [server] = rows
  if (server === undefined) throw new TypeError('the server said nothing of itself')
  const refuse = (detail: string, detalle: string): never => {
    throw new CauceError('CONFIG_INVALID', { where: `ledger ${displayUrl}`, detail, detalle })
  }
  const major = Math.floor(server.version / 10_000)
  if (major < OLDEST_VERSION)
    refuse(
      `the server is PostgreSQL ${major}; ${OLDEST_VERSION} or newer is needed`,
      `el servidor es PostgreSQL ${major}; hace falta ${OLDEST_VERSION} o posterior`,
    )
  if (server.encoding !== 'UTF8')
    refuse(
      `the database keeps text as ${server.encoding}, where not every file name fits; create one with ENCODING 'UTF8'`,
      `la base guarda los textos en ${server.encoding}, donde no cabe cualquier nombre de archivo; cree una con ENCODING 'UTF8'`,
    )
  if (server.isReplica)
    refuse(
      'the server is a replica, which only answers questions; name the one that writes',
      'el servidor es una réplica, que solo responde consultas; indique el que escribe',
    )
}

/**
 * Does a transaction again when a rival was in the way or its connection was lost before it committed, and a question whenever
 * its connection was lost.
 */
async function whileItHelps<Answer>(
  place: PostgresPlace,
  patienceMs: number,
  act: () => Promise<Answer>,
): Promise<Answer> {
  const deadline = performance.now() + patienceMs
  for (let attempt = 1; ; attempt++) {
    try {
      return await act()
    } catch (error) {
      const pauseMs = pauseAfter(error, attempt)
      if (pauseMs === undefined || performance.now() > deadline) throw postgresError(error, place)
      await setTimeout(pauseMs)
    }
  }
}

function pauseAfter(error: unknown, attempt: number): number | undefined {
  // Rivals that met once must not meet again: the waits of two processes differ.
  if (isConflict(error)) return 1 + ((process.pid * attempt) % 29)
  if (isLost(error)) return Math.min(2_000, 25 * 2 ** Math.min(attempt, 10)) + ((process.pid * attempt) % 29)
  return undefined
}
