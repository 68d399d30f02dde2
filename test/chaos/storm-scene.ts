import { copyFileSync, chownSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manyReports } from '../../examples/visitas/generator/many-reports.ts'
import { writeReports } from '../../examples/visitas/generator/write-reports.ts'
import { startMariadb } from '../servers/mariadb.ts'
import { startPostgres, type PostgresServer } from '../servers/postgres.ts'
import type { SqlServer } from '../servers/sql-server.ts'
import { type SftpServer, startSshd } from '../servers/sshd.ts'
import { startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'
import { VisitsRun } from '../visits/visits-run.ts'
import { StandingProcess } from '../stand/standing-visits.ts'

const strict = fileURLToPath(new URL('../visits/projects/strict', import.meta.url))

/** Fewer connections than performers, and no patience with a line that went dead. */
const LIMITS = JSON.stringify({ itemTimeoutSeconds: 20, connections: { destination: 2, source: 3 } })

export type Role = 'dispatcher' | 'worker'

/** A process of the storm; a new one takes its place when it dies. */
export interface Post {
  readonly role: Role
  process: StandingProcess | undefined
}

/** The visits from an sshd into MariaDB over proxies, on a ledger in PostgreSQL, with servers of their own to be mistreated. */
export interface StormScene extends AsyncDisposable {
  readonly visit: VisitsRun
  readonly mariadb: SqlServer
  readonly postgres: PostgresServer
  readonly sshd: SftpServer
  readonly toDatabase: TcpProxy
  readonly toFiles: TcpProxy
  /** The destination without the proxy. */
  readonly databaseUrl: string
  readonly ledgerUrl: string
  readonly posts: readonly Post[]
  /** What the destination must hold in the end. */
  readonly expected: VisitsTables
  /** Names of the files not delivered yet. */
  readonly waiting: string[]
  deliver(name: string): void
  begin(post: Post): void
}

export interface StormSize {
  readonly files: number
  readonly rowsPerFile: number
  readonly seed: number
}

/** Starts everything but the posts. */
export async function stormScene({ files, rowsPerFile, seed }: StormSize): Promise<StormScene> {
  await using started = new AsyncDisposableStack()
  const mariadb = started.use(await startMariadb())
  const postgres = started.use(await startPostgres())
  const sshd = started.use(await startSshd())
  const toDatabase = started.use(await startTcpProxy(mariadb))
  const toFiles = started.use(await startTcpProxy(sshd))
  const reports = mkdtempSync(join(tmpdir(), 'cauce-storm-'))
  started.defer(() => rmSync(reports, { recursive: true, force: true }))
  await writeReports(
    reports,
    manyReports({ files, rowsPerFile, dirtyShare: 0.05, secondHeader: undefined, seed }),
  )
  const expected = await undisturbed(mariadb, reports)
  const folder = await sshd.createFolder()
  const { url: databaseUrl } = await mariadb.createDatabase()
  const { url: ledgerUrl } = await postgres.createDatabase()
  const key = new URLSearchParams({
    key: sshd.privateKeyPath,
    hostkey: sshd.hostKeyFingerprint,
    timeout: '5',
  })
  const visit = started.use(
    new VisitsRun({ destination: `${toDatabase.urlFor(databaseUrl)}?timeout=5`, project: strict }),
  )
  Object.assign(visit.env, {
    VISITAS_ORIGEN: `${toFiles.urlFor(folder.url)}?${key.toString()}`,
    VISITAS_ESPERA: '500ms',
    PRUEBA_LIMITES: LIMITS,
    CAUCE_LEDGER: ledgerUrl,
  })
  const posts: readonly Post[] = (['dispatcher', 'dispatcher', 'worker', 'worker'] as const).map((role) => ({
    role,
    process: undefined,
  }))
  // Processes end before their servers do.
  started.defer(async () => {
    for (const { process } of posts) await process?.[Symbol.asyncDispose]()
  })
  const all = started.move()
  return {
    visit,
    mariadb,
    postgres,
    sshd,
    toDatabase,
    toFiles,
    databaseUrl,
    ledgerUrl,
    posts,
    expected,
    waiting: readdirSync(reports).toSorted(),
    deliver: (name) => deliverTo(folder.path, join(reports, name), name, sshd),
    begin: (post) => {
      const words = post.role === 'dispatcher' ? ['dispatcher', '--every', '2s'] : ['worker', '--jobs', '2']
      post.process = new StandingProcess(visit, [...words, '--grace', '5s'])
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** As careful senders do: whole, and then under its name. */
function deliverTo(
  folder: string,
  file: string,
  name: string,
  { uid, gid }: { readonly uid: number; readonly gid: number },
): void {
  const coming = join(folder, 'coming')
  mkdirSync(coming, { recursive: true })
  const draft = join(coming, name)
  copyFileSync(file, draft)
  chownSync(draft, uid, gid)
  renameSync(draft, join(folder, name))
}

async function undisturbed(mariadb: SqlServer, reports: string): Promise<VisitsTables> {
  const { url } = await mariadb.createDatabase()
  await using visit = new VisitsRun({ destination: url, files: reports })
  // The example's own samples lie there too when files are given by folder: only the reports count.
  const run = await visit.run()
  if (run.code !== 0) throw new Error(`the undisturbed run ended with ${run.code}: ${run.stderr}`)
  return await readTables(url)
}
