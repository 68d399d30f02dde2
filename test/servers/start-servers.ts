import { startMariadb } from './mariadb.ts'
import type { MinioCoordinates } from './minio-access.ts'
import { startMinio } from './minio.ts'
import { startMysql } from './mysql.ts'
import type { PostgresCoordinates } from './postgres-access.ts'
import { startPostgres } from './postgres.ts'
import { startSshd } from './sshd.ts'
import type { SftpCoordinates } from './sftp-access.ts'
import type { SqlCoordinates } from './sql-access.ts'
import { tmpfsMissing } from './tmpfs.ts'
import { COVERS, SERVER_NAMES, type ServerName, type Wanted } from './wanted.ts'

/** Why something is not there. */
export interface Missing {
  missing: string
}

/** What tests get of the shared servers: plain data, so that it can travel to the test processes. */
export interface ProvidedServers {
  mariadb: SqlCoordinates | Missing
  minio: MinioCoordinates | Missing
  mysql: SqlCoordinates | Missing
  postgres: PostgresCoordinates | Missing
  sshd: SftpCoordinates | Missing
  'sshd-password': object | Missing
  tmpfs: object | Missing
}

export interface StartedServers {
  provided: ProvidedServers
  /** One line for each server: what there is, or what is not there and therefore not tested. */
  report: string[]
  stop(): Promise<void>
}

/** Fetching packages on a slow network must not hold up the tests that do without them. */
const TIME_LIMIT_MS = 4 * 60_000

/**
 * Starts the wanted servers side by side.
 *
 * @throws Error when a required one is missing; what was started is stopped again.
 */
export async function startServers(wanted: Wanted): Promise<StartedServers> {
  const stops: (() => Promise<void>)[] = []
  const started = async <Server extends { stop(): Promise<void> }>(
    names: readonly ServerName[],
    start: (signal: AbortSignal) => Promise<Server>,
  ): Promise<Server | Missing> => {
    if (!names.some((name) => wanted.servers.has(name))) return { missing: 'not wanted (CAUCE_TEST_SERVERS)' }
    try {
      const server = await start(AbortSignal.timeout(TIME_LIMIT_MS))
      stops.push(async () => server.stop())
      return server
    } catch (error) {
      return { missing: error instanceof Error ? error.message : String(error) }
    }
  }
  const [mariadb, minio, mysql, postgres, sshd] = await Promise.all([
    started(['mariadb'], startMariadb),
    started(['minio'], async () => startMinio({ mayBuild: wanted.named.has('minio') })),
    started(['mysql'], startMysql),
    started(['postgres'], async (signal) => startPostgres({ signal })),
    started(['sshd', 'sshd-password'], startSshd),
  ])
  const provided: ProvidedServers = {
    mariadb: plain(mariadb),
    minio: plain(minio),
    mysql: plain(mysql),
    postgres: plain(postgres),
    sshd: plain(sshd),
    'sshd-password': 'missing' in sshd ? sshd : sshd.passwordLogin,
    tmpfs: await tmpfsState(wanted),
  }
  const stop = async () => void (await Promise.all(stops.map(async (stopOne) => stopOne())))
  const report = SERVER_NAMES.map((name) => reportLine(name, provided))
  const lacking = [...wanted.required].filter((name) => 'missing' in provided[name])
  if (lacking.length > 0) {
    await stop()
    throw new Error(
      `Required by CAUCE_TEST_REQUIRE but missing: ${lacking.join(', ')}.\n${report.join('\n')}`,
    )
  }
  return { provided, report, stop }
}

async function tmpfsState(wanted: Wanted): Promise<object | Missing> {
  const missing = wanted.servers.has('tmpfs') ? await tmpfsMissing() : 'not wanted (CAUCE_TEST_SERVERS)'
  return missing === undefined ? {} : { missing }
}

/** The coordinates without the functions, which cannot travel. */
function plain<Server extends object>(server: Server | Missing): Server | Missing {
  return JSON.parse(JSON.stringify(server)) as Server | Missing
}

function reportLine(name: ServerName, provided: ProvidedServers): string {
  const state = provided[name]
  if ('missing' in state)
    return `  ${name.padEnd(14)} NOT THERE, so not tested: ${COVERS[name]}. ${firstLine(state.missing)}`
  const version = 'version' in state ? ` ${state.version}` : ''
  const port = 'port' in state ? ` on port ${state.port}` : ''
  return `  ${name.padEnd(14)}${version}${port}${version || port ? '' : ' available'}`
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
