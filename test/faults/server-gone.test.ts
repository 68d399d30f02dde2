import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMariadb } from '../servers/mariadb.ts'
import { describeNeeding, sharedSftp } from '../servers/shared-servers.ts'
import type { SqlServer } from '../servers/sql-server.ts'
import { startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts'
import { VisitsRun } from '../visits/visits-run.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'
import { expectCalm, INNODB_TRX_EVERY_MS } from './expect-calm.ts'
import { ledgerItems } from './ledger-items.ts'
import { sound } from './on-each-destination.ts'
import { until } from './until.ts'

const strict = fileURLToPath(new URL('../visits/projects/strict', import.meta.url))

/** A COMMIT as the client sends it, and not `READ COMMITTED` or a column's name. */
const isCommit = (chunk: Buffer): boolean => chunk.includes('\u0003COMMIT') && !chunk.includes('COMMITTED')

/** A visit whose way to the database leads through a proxy; `url` is the way around it. */
interface Scene extends AsyncDisposable {
  readonly visit: VisitsRun
  readonly proxy: TcpProxy
  readonly url: string
}

describeNeeding('mariadb')('a MariaDB that goes away', () => {
  let server: SqlServer
  let undisturbed: VisitsTables

  beforeAll(async () => {
    server = await startMariadb()
    await using visit = sound(new VisitsRun({ destination: (await server.createDatabase()).url }))
    const run = await visit.run()
    expect(run.code, run.stderr).toBe(0)
    undisturbed = await readTables(visit.destination)
  })

  afterAll(async () => server.stop())

  async function start(options: string = ''): Promise<Scene> {
    const { url } = await server.createDatabase()
    const proxy = await startTcpProxy(server)
    const visit = sound(new VisitsRun({ destination: proxy.urlFor(url) + options, project: strict }))
    const tidyUp = async (): Promise<void> => {
      await visit[Symbol.asyncDispose]()
      await proxy.stop()
    }
    return { visit, proxy, url, [Symbol.asyncDispose]: tidyUp }
  }

  async function expectRecovery(visit: VisitsRun, url: string): Promise<void> {
    visit.destination = url
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    expect(await readTables(url)).toEqual(undisturbed)
    await expectCalm(visit)
  }

  /** One of the visit's files in a folder of its own, for runs that wait in vain for each file. */
  function oneFile({ folder, source }: VisitsRun): { readonly VISITAS_ORIGEN: string } {
    const one = join(folder, 'one')
    cpSync(join(source, 'report_1.txt'), join(one, 'report_1.txt'), { preserveTimestamps: true })
    return { VISITAS_ORIGEN: one }
  }

  /** Resolves when a load has written rows and not committed yet. */
  async function loadUnderWay(): Promise<void> {
    const isUnderWay = async (): Promise<boolean> => {
      const [row] = await server.query(
        'SELECT count(*) AS n FROM information_schema.innodb_trx WHERE trx_rows_modified > 200',
      )
      return Number(row?.['n']) > 0
    }
    await until('a load is under way', isUnderWay, { everyMs: INNODB_TRX_EVERY_MS })
  }

  test('killed in the middle of a load: 75 and nothing half-loaded; restarted, a rerun loads the rest', async () => {
    await using scene = await start()
    const { visit, proxy, url } = scene
    // Slow enough to be met in the middle.
    proxy.setLatency(60)
    const running = visit.start(['run', 'visitas', '--json'], oneFile(visit))
    await loadUnderWay()
    await server.kill()
    const broken = await running.ended
    await server.restart()
    expect(broken.code, broken.stderr).toBe(75)
    expect(broken.stderr).toMatch(/could not be reached/)
    await expectWholeFiles(url)
    await expectRecovery(visit, url)
  })

  test.each([
    ['to-server', 3_000],
    ['to-server', 40_000],
    ['to-server', 80_000],
    ['to-client', 6_000],
  ] as const)(
    'connections cut %s after %i bytes: 75 and nothing half-loaded, then a rerun loads the rest',
    async (direction, bytes) => {
      await using scene = await start()
      const { visit, proxy, url } = scene
      proxy.cutAfter(direction, bytes)
      const broken = await visit.run()
      expect(broken.code, broken.stderr).toBe(75)
      expect(broken.stderr).toMatch(/could not be reached/)
      await expectWholeFiles(url)
      await expectRecovery(visit, url)
    },
  )

  test('a connection cut once is mended within the run', async () => {
    await using scene = await start()
    const { visit, proxy, url } = scene
    proxy.setLatency(30)
    const running = visit.start(['run', 'visitas', '--json'])
    await loadUnderWay()
    await proxy.refuse()
    await proxy.heal()
    const ended = await running.ended
    expect(ended.code, ended.stderr).toBe(0)
    expect(ledgerItems(visit).map(({ state, attempts }) => `${state} ${attempts}`)).toEqual([
      'ready 1',
      'ready 1',
      'ready_with_rejects 1',
      'ready 1',
    ])
    await expectRecovery(visit, url)
  })

  test.each([
    ['the reply to COMMIT is lost: the load happened, and once', 'dropReplyTo'],
    ['COMMIT itself is lost: the load is undone and done again', 'dropRequest'],
  ] as const)('%s', async (_, fault) => {
    await using scene = await start()
    const { visit, proxy, url } = scene
    // Tables and counters are made first, so that the first COMMIT is a load's.
    const prepared = await visit.run({ VISITAS_ORIGEN: visit.home })
    expect(prepared.code, prepared.stderr).toBe(0)
    let isSprung = false
    void proxy[fault](isCommit).then(() => (isSprung = true))
    const ended = await visit.run({}, ['--jobs', '1'])
    expect(isSprung).toBe(true)
    expect(ended.code, ended.stderr).toBe(0)
    expect(ledgerItems(visit).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1])
    expect(await readTables(url)).toEqual(undisturbed)
    await expectRecovery(visit, url)
  })

  test('a line that went dead in the middle of a load ends within the time an item may take', async () => {
    await using scene = await start('?timeout=1')
    const { visit, proxy, url } = scene
    proxy.setLatency(30)
    const running = visit.start(['run', 'visitas', '--json'], {
      ...oneFile(visit),
      PRUEBA_LIMITES: '{"itemTimeoutSeconds":6}',
      VISITAS_INTENTOS: '1',
    })
    await loadUnderWay()
    const startedMs = performance.now()
    proxy.blackHole()
    const broken = await running.ended
    expect(performance.now() - startedMs).toBeLessThan(25_000)
    expect(broken.code, broken.stderr).toBe(75)
    expect(broken.stderr).toMatch(/took longer than the 6 s allowed/)
    await proxy.heal()
    await expectWholeFiles(url)
    await expectRecovery(visit, url)
  })

  test('a server that accepts and says nothing is given up within ?timeout=', async () => {
    await using scene = await start('?timeout=2')
    const { visit, proxy, url } = scene
    proxy.blackHole()
    const startedMs = performance.now()
    const broken = await visit.run()
    expect(performance.now() - startedMs).toBeLessThan(15_000)
    expect(broken.code, broken.stderr).toBe(75)
    expect(broken.stderr).toMatch(/could not be reached/)
    await expectRecovery(visit, url)
  })

  test('a line that goes dead before the first load ends within the time an item may take', async () => {
    await using scene = await start()
    const { visit, proxy, url } = scene
    proxy.setLatency(100)
    const running = visit.start(['run', 'visitas', '--json'], { PRUEBA_LIMITES: '{"itemTimeoutSeconds":4}' })
    await until('the database is asked', async () => {
      const [row] = await server.query(
        "SELECT count(*) AS n FROM information_schema.processlist WHERE db <> ''",
      )
      return Number(row?.['n']) > 0
    })
    proxy.blackHole()
    const startedMs = performance.now()
    const broken = await running.ended
    expect(performance.now() - startedMs).toBeLessThan(20_000)
    expect(broken.code, broken.stderr).toBe(75)
    await proxy.heal()
    await expectRecovery(visit, url)
  })
})

/** Whatever a fault cut short, a file is in the tables whole or not at all. */
async function expectWholeFiles(url: string): Promise<void> {
  const { estadisticas, errores, bitacora } = await readTables(url)
  const loaded = bitacora.filter((line) => /,COMPLETADO/.test(line)).map((line) => line.split(','))
  const sum = (column: number): number => loaded.reduce((total, line) => total + Number(line[column]), 0)
  expect(estadisticas).toHaveLength(sum(4))
  expect(errores).toHaveLength(sum(5))
}

describeNeeding('sshd')('an SFTP server that goes away', () => {
  test('in the middle of a download: 75, nothing half-loaded, then a rerun loads everything', async () => {
    await using visit = sound(new VisitsRun())
    const { path, url } = await sharedSftp().createFolder()
    cpSync(visit.source, path, { recursive: true, preserveTimestamps: true })
    const { privateKeyPath, hostKeyFingerprint, host, port } = sharedSftp()
    await using proxy = await startTcpProxy({ host, port })
    visit.env['VISITAS_ORIGEN'] =
      `${proxy.urlFor(url)}?${new URLSearchParams({ key: privateKeyPath, hostkey: hostKeyFingerprint }).toString()}`
    proxy.cutAfter('to-client', 20_000)
    const broken = await visit.run()
    expect(broken.code, broken.stderr).toBe(75)
    expect(broken.stderr).toMatch(/could not be reached/)
    expect((await readTables(visit.destination)).estadisticas).toEqual([])
    await proxy.heal()
    const calm = await visit.run()
    expect(calm.code, calm.stderr).toBe(0)
    expect(calm.document?.runs[0]?.totals).toMatchObject({ items: 4, read: 1460, loaded: 1431, rejected: 29 })
    await expectCalm(visit)
  })
})
