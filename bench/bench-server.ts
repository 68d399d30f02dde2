import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { startMariadb } from '../test/servers/mariadb.ts'
import { processFigures } from './process-table.ts'

/** The MariaDB that is loaded into. */
export interface BenchServer extends AsyncDisposable {
  readonly url: string
  readonly version: string
  /** Leader of its session, by which its CPU time is counted. */
  readonly pid: number
  /** Runs a script of statements. */
  run(statements: string): Promise<void>
}

/** Settings of a server that is meant for work: our tests' server is small and does not flush. */
const SETTINGS = [
  'innodb_buffer_pool_size = 2147483648',
  'innodb_log_file_size = 1073741824',
  'innodb_flush_log_at_trx_commit = 1',
  'max_allowed_packet = 268435456',
]

/**
 * The server whose pid stands in `<home>/srv/run/my.pid` and that answers at MYSQL_URL (the peers' own script starts one so);
 * where there is none, one of our own for as long as the bench runs, made known to the peers in the same way.
 */
export async function benchServer(home: string): Promise<BenchServer> {
  const pidFile = join(home, 'srv/run/my.pid')
  const url = process.env['MYSQL_URL'] ?? 'mysql://bench:bench@127.0.0.1:23306/bench'
  const running = existsSync(pidFile) ? processFigures((await readFile(pidFile, 'utf8')).trim()) : undefined
  if (running !== undefined) {
    const version = await versionOf(url)
    return { url, version, pid: running.pid, run: scriptRunner(url), [Symbol.asyncDispose]: async () => {} }
  }
  const server = await startMariadb()
  for (const setting of SETTINGS) await server.query(`SET GLOBAL ${setting}`)
  await server.query('CREATE DATABASE bench CHARACTER SET utf8mb4 COLLATE utf8mb4_bin')
  await mkdir(join(home, 'srv/run'), { recursive: true })
  await writeFile(pidFile, String(server.pid()))
  return {
    url: `${server.url}/bench`,
    version: server.version,
    pid: server.pid(),
    run: scriptRunner(`${server.url}/bench`),
    [Symbol.asyncDispose]: async () => server.stop(),
  }
}

async function versionOf(url: string): Promise<string> {
  const connection = await createConnection(url)
  const [rows] = await connection.query('SELECT version() AS version')
  await connection.end()
  return (rows as { version: string }[])[0]?.version ?? 'of an unknown version'
}

function scriptRunner(url: string): (statements: string) => Promise<void> {
  return async (statements) => {
    const connection = await createConnection({ uri: url, multipleStatements: true })
    await connection.query(statements)
    await connection.end()
  }
}
