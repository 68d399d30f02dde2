import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { giveTo, identityOf, privateFolder, serverAccount, type Account } from './account.ts'
import { debianRelease, fileTree, type FileTree } from './debian-packages.ts'
import { freePort, LOOPBACK } from './free-port.ts'
import { postgresAccess, queryPostgres, type PostgresAccess } from './postgres-access.ts'
import { removeFolder } from './remove-folder.ts'
import { runProgram } from './run-program.ts'
import { startServerProcess } from './server-process.ts'
import { tlsCertificate } from './tls-certificate.ts'

/** A PostgreSQL server of one's own. `await using` stops it. */
export interface PostgresServer extends PostgresAccess, AsyncDisposable {
  /** Of the postmaster that runs now. */
  pid(): number
  logPath: string
  /** SIGKILL to the server and all its sessions; the data stay. */
  kill(): Promise<void>
  /** Stops it when it runs, then starts it again on the same port and data. */
  restart(): Promise<void>
  /** Ends it and removes the data. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  signal?: AbortSignal | undefined
  /**
   * Whether commits are forced to disk; not by default: they survive kill -9 all the same, which is what tests do. Figures are
   * only worth something with it.
   */
  durable?: boolean
  /** Lines for `postgresql.conf`. */
  configuration?: readonly string[]
}

const USER = 'cauce'

/** What other Debian releases and their kin have; 14 is the oldest that Cauce takes. */
const MAJOR_BY_RELEASE: Readonly<Record<string, number>> = { bookworm: 15, trixie: 17, jammy: 14, noble: 16 }
const OLDEST_MAJOR = 14

/**
 * Starts PostgreSQL on a fresh private data folder and a free loopback port: TCP with passwords and TLS, no socket. Text sorts by
 * the rules of a language where the version can (15 and later), so that whoever relies on the order of bytes is found out.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const account = await serverAccount()
  const program = await findProgram(account, options.signal)
  const folder = await privateFolder(account, 'postgres')
  try {
    return await startIn(folder, program, account, options)
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
}

interface Program {
  readonly tree: FileTree
  readonly major: number
  readonly binFolder: string
  readonly env: NodeJS.ProcessEnv
}

async function findProgram(account: Account, signal: AbortSignal | undefined): Promise<Program> {
  const major = (await installedMajor()) ?? MAJOR_BY_RELEASE[await debianRelease()] ?? 15
  const bin = `usr/lib/postgresql/${major}/bin`
  const tree = await fileTree({
    name: `postgresql-${major}`,
    packages: [`postgresql-${major}`],
    files: [`${bin}/postgres`, `${bin}/initdb`],
    from: 'installed',
    account,
    ...(signal ? { signal } : {}),
  })
  const env = {
    PATH: process.env['PATH'],
    LD_LIBRARY_PATH: tree.libraryFolders.join(':'),
    LC_ALL: 'C',
    TZ: 'UTC',
  }
  return { tree, major, binFolder: join(tree.root, bin), env }
}

async function installedMajor(): Promise<number | undefined> {
  const names = await readdir('/usr/lib/postgresql').catch(() => [])
  const majors = names.map(Number).filter((major) => major >= OLDEST_MAJOR)
  return majors.length === 0 ? undefined : Math.max(...majors)
}

async function startIn(
  folder: { path: string; forget: () => void },
  { binFolder, env, major }: Program,
  account: Account,
  { durable = false, configuration = [] }: PostgresOptions,
): Promise<PostgresServer> {
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const dataFolder = join(folder.path, 'data')
  const passwordPath = join(folder.path, 'password')
  await writeFile(passwordPath, `${password}\n`, { mode: 0o600 })
  await giveTo(account, passwordPath)
  const certificate = await tlsCertificate(folder.path, account)
  const sorting = major >= 15 ? ['--locale-provider=icu', '--icu-locale=es'] : []
  const options = ['-U', USER, `--pwfile=${passwordPath}`, '--auth=scram-sha-256', '--no-sync']
  await runProgram(
    join(binFolder, 'initdb'),
    ['-D', dataFolder, ...options, '-E', 'UTF8', '--locale=C', ...sorting],
    { env, cwd: '/', ...identityOf(account) },
  )
  const settings = [...serverSettings(port, certificate), ...(durable ? [] : ['fsync=off'])]
  await writeFile(
    join(dataFolder, 'postgresql.auto.conf'),
    [...settings, ...configuration].map((line) => `${line}\n`).join(''),
  )
  await giveTo(account, join(dataFolder, 'postgresql.auto.conf'))

  const logPath = join(folder.path, 'server.log')
  const login = { host: LOOPBACK, port, user: USER, password, database: 'postgres' }
  const start = async () =>
    startServerProcess({
      name: 'postgres',
      program: join(binFolder, 'postgres'),
      args: ['-D', dataFolder],
      env,
      account,
      // SIGTERM would wait for every client to leave; these end the sessions, cleanly and at once.
      stopSignal: 'SIGINT',
      lastSignal: 'SIGQUIT',
      logPath,
      answers: async () => queryPostgres(login, 'SELECT 1'),
    })
  let running = await start()
  const stop = async () => {
    await running.stop()
    await removeSharedMemory(dataFolder)
    await removeFolder(folder)
  }
  const [row] = await queryPostgres(login, 'SHOW server_version')
  return {
    ...postgresAccess({
      version: String(row?.['server_version']),
      host: LOOPBACK,
      port,
      user: USER,
      password,
      url: `postgres://${USER}:${password}@${LOOPBACK}:${port}`,
      certificatePath: certificate.certificatePath,
    }),
    pid: () => running.pid,
    logPath,
    kill: async () => running.kill(),
    restart: async () => {
      await running.stop()
      running = await start()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** A server that was killed leaves its System V segment; what it left of the rest lies in its folder. */
async function removeSharedMemory(dataFolder: string): Promise<void> {
  const lines = (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const segment = lines[6]?.trim().split(/\s+/)[1]
  // Somebody else may have removed it: then there is nothing left to do.
  if (segment !== undefined) await runProgram('ipcrm', ['-m', segment]).catch(() => '')
}

function serverSettings(port: number, certificate: { certificatePath: string; keyPath: string }): string[] {
  return [
    `listen_addresses='${LOOPBACK}'`,
    `port=${port}`,
    "unix_socket_directories=''",
    'ssl=on',
    `ssl_cert_file='${certificate.certificatePath}'`,
    `ssl_key_file='${certificate.keyPath}'`,
    'max_connections=200',
    'shared_buffers=128MB',
    // In the data folder, so that a kill leaves nothing in /dev/shm.
    'dynamic_shared_memory_type=mmap',
    'jit=off',
    'log_lock_waits=on',
  ]
}
