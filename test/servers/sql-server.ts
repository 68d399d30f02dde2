import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { giveTo, privateFolder, serverAccount, type Account } from './account.ts'
import { freePort, LOOPBACK } from './free-port.ts'
import { removeFolder } from './remove-folder.ts'
import { startServerProcess, type ServerCommand } from './server-process.ts'
import { querySql, sqlAccess, type SqlAccess } from './sql-access.ts'
import { tlsCertificate } from './tls-certificate.ts'

/** A MariaDB or MySQL server of one's own. `await using` stops it. */
export interface SqlServer extends SqlAccess, AsyncDisposable {
  /** Of the process that runs now. */
  pid(): number
  logPath: string
  /** Allows or forbids LOAD DATA LOCAL for connections made from now on. */
  setLocalInfile(on: boolean): Promise<void>
  /** SIGKILL; the data stay. */
  kill(): Promise<void>
  /** Stops it when it runs, then starts it again on the same port and data. */
  restart(): Promise<void>
  /** Ends it and removes the data; there is nothing left to save, so it is not asked to shut down first. */
  stop(): Promise<void>
}

/** What MariaDB and MySQL do differently. */
export interface SqlProgram {
  kind: 'mariadb' | 'mysql'
  /** Lines for the `[mysqld]` section. */
  configuration: readonly string[]
  /** Statements run at each start, besides those that make the user `cauce`. */
  initSql: readonly string[]
  /** Makes the system tables in the empty data folder. */
  initialise(configurationPath: string, account: Account): Promise<void>
  command(configurationPath: string): Pick<ServerCommand, 'program' | 'args' | 'env'>
}

const USER = 'cauce'

/** Starts the server on a fresh private data folder and a free loopback port. */
export async function startSqlServer(program: SqlProgram): Promise<SqlServer> {
  const account = await serverAccount()
  const folder = await privateFolder(account, program.kind)
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const certificate = await tlsCertificate(folder.path, account)
  const login = { host: LOOPBACK, port, user: USER, password }
  const paths = { configuration: join(folder.path, 'server.cnf'), initSql: join(folder.path, 'init.sql') }
  // MariaDB wants one statement a line.
  await writeFile(paths.initSql, `${[...program.initSql, ...userStatements(password)].join('\n')}\n`, {
    mode: 0o600,
  })
  await writeFile(
    paths.configuration,
    `${[
      '[mysqld]',
      ...serverOptions(folder.path, port),
      `init-file=${paths.initSql}`,
      `ssl-cert=${certificate.certificatePath}`,
      `ssl-key=${certificate.keyPath}`,
      ...program.configuration,
    ].join('\n')}\n`,
  )
  const temporary = join(folder.path, 'tmp')
  await mkdir(temporary, { mode: 0o700 })
  await giveTo(account, temporary)
  await giveTo(account, paths.initSql)
  await giveTo(account, paths.configuration)

  const logPath = join(folder.path, 'server.log')
  const start = async () =>
    startServerProcess({
      name: program.kind,
      ...program.command(paths.configuration),
      account,
      logPath,
      answers: async () => querySql(login, 'SELECT 1'),
    })
  let running = await program
    .initialise(paths.configuration, account)
    .then(start)
    .catch(async (error: unknown) => {
      await removeFolder(folder)
      throw error
    })
  const stop = async () => {
    await running.kill()
    await removeFolder(folder)
  }
  const [row] = await querySql(login, 'SELECT version() AS version')
  const access = sqlAccess({
    kind: program.kind,
    version: String(row?.['version']),
    ...login,
    url: `mysql://${USER}:${password}@${LOOPBACK}:${port}`,
    certificatePath: certificate.certificatePath,
  })
  return {
    ...access,
    pid: () => running.pid,
    logPath,
    setLocalInfile: async (on) => void (await access.query(`SET GLOBAL local_infile = ${on ? 'ON' : 'OFF'}`)),
    kill: async () => running.kill(),
    restart: async () => {
      await running.stop()
      running = await start()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function userStatements(password: string): string[] {
  return [
    `CREATE USER IF NOT EXISTS '${USER}'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO '${USER}'@'%' WITH GRANT OPTION;`,
  ]
}

function serverOptions(folder: string, port: number): string[] {
  return [
    `datadir=${folder}/data`,
    // A server that starts removes all temporary tables it finds there, also those another one is using.
    `tmpdir=${folder}/tmp`,
    `socket=${folder}/socket`,
    `pid-file=${folder}/pid`,
    `port=${port}`,
    `bind-address=${LOOPBACK}`,
    'skip-name-resolve',
    'character-set-server=utf8mb4',
    'local_infile=ON',
    'skip-log-bin',
    'innodb_buffer_pool_size=128M',
    // Commits reach the operating system but are not forced to disk: they survive kill -9, which is what tests do.
    'innodb_flush_log_at_trx_commit=2',
  ]
}
