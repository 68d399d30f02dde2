import { cpSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { describeNeeding, sharedSql } from '../servers/shared-servers.ts'
import { startTcpProxy } from '../servers/tcp-proxy.ts'
import { mountTmpfs, type Tmpfs } from '../servers/tmpfs.ts'
import type { VisitsRun } from '../visits/visits-run.ts'
import { readTables, type VisitsTables } from '../visits/visits-tables.ts'
import { expectCalm } from './expect-calm.ts'
import { ledgerItems } from './ledger-items.ts'
import { onEachDestination, type StartVisit, startOnDuckdb, startOnMariadb } from './on-each-destination.ts'
import { until } from './until.ts'
import { useReports } from './use-reports.ts'

const BALLAST = 'ballast'

/** Fills a small disk until only so much is left. */
function fill({ path }: Tmpfs, leaveKb: number): void {
  const { bavail, bsize } = statfsSync(path)
  writeFileSync(join(path, BALLAST), Buffer.alloc(bavail * bsize - leaveKb * 1024, 1))
}

function makeRoom({ path }: Tmpfs): void {
  rmSync(join(path, BALLAST))
}

/** Three reports of about 430 kB: more than is left on any of the disks below. */
async function start(startVisit: StartVisit): Promise<VisitsRun> {
  const visit = await startVisit()
  await useReports(visit, { files: 3, rowsPerFile: 3_000 })
  return visit
}

let undisturbed: VisitsTables

beforeAll(async () => {
  await using visit = await start(startOnDuckdb)
  const run = await visit.run()
  expect(run.code, run.stderr).toBe(0)
  undisturbed = await readTables(visit.destination)
})

async function expectRecovery(visit: VisitsRun): Promise<void> {
  const calm = await visit.run()
  expect(calm.code, calm.stderr).toBe(0)
  expect(await readTables(visit.destination)).toEqual(undisturbed)
  await expectCalm(visit)
}

describeNeeding('tmpfs')('a full disk', () => {
  describeNeeding('mariadb')('under the spool and the ledger', () => {
    // Too little for the ledger to go on, for the first original, for what becomes of the originals.
    test.each([
      ['DuckDB', 12],
      ['DuckDB', 150],
      ['DuckDB', 500],
      ['MariaDB', 150],
    ])(
      'into %s, %i kB left: DISK_FULL and 75, nothing left over; with room a rerun loads everything',
      async (destination, leftKb) => {
        await using disk = await mountTmpfs(24)
        await using visit = await start(destination === 'DuckDB' ? startOnDuckdb : startOnMariadb)
        const home = join(disk.path, 'home')
        mkdirSync(home)
        visit.env['CAUCE_HOME'] = home
        // The ledger lies there too; it is made while there is room.
        const nothing = join(visit.folder, 'nothing')
        mkdirSync(nothing)
        expect((await visit.run({ VISITAS_ORIGEN: nothing })).code).toBe(0)
        fill(disk, leftKb)
        const broken = await visit.run()
        expect(broken.code, broken.stderr).toBe(75)
        expect(broken.stderr).toMatch(/no room left on the disk/)
        expect(readdirSync(join(home, 'spool'))).toEqual([])
        makeRoom(disk)
        await expectRecovery(visit)
        expect(readdirSync(join(home, 'spool'))).toEqual([])
        expect(ledgerItems({ home }).map(({ state }) => state)).toEqual(
          Array.from({ length: 3 }, () => 'ready_with_rejects'),
        )
      },
    )
  })

  describeNeeding('mariadb')('under the ledger, while a long load goes on', () => {
    test('heartbeats that cannot be written are tried again, and the load goes on to its end', async () => {
      await using disk = await mountTmpfs(24)
      await using visit = await start(startOnMariadb)
      await using proxy = await startTcpProxy(sharedSql('mariadb'))
      const { destination } = visit
      const home = join(disk.path, 'home')
      mkdirSync(home)
      visit.env['CAUCE_HOME'] = home
      proxy.setLatency(30)
      const one = join(visit.folder, 'one')
      cpSync(join(visit.source, 'report_1.txt'), join(one, 'report_1.txt'), { preserveTimestamps: true })
      const running = visit.start(['run', 'visitas', '--json'], {
        VISITAS_ORIGEN: one,
        VISITAS_DESTINO: proxy.urlFor(destination),
      })
      await until('the loads are under way', () => {
        const loading = ledgerItems({ home }).filter(({ state }) => state === 'loading')
        return loading.length > 0
      })
      const startedMs = performance.now()
      fill(disk, 0)
      // Every statement takes so long that the load takes longer than the time between heartbeats.
      proxy.setLatency(140)
      const ended = await running.ended
      expect(performance.now() - startedMs).toBeGreaterThan(5_500)
      expect(ended.code, ended.stderr).toBe(0)
      makeRoom(disk)
      await expectRecovery(visit)
    })
  })

  test('under the DuckDB file: DISK_FULL and 75, no file half-loaded; with room a rerun loads the rest', async () => {
    await using disk = await mountTmpfs(24)
    await using visit = await start(startOnDuckdb)
    const path = join(disk.path, 'visitas.duckdb')
    visit.destination = `duckdb:${path}`
    const nothing = join(visit.folder, 'nothing')
    mkdirSync(nothing)
    expect((await visit.run({ VISITAS_ORIGEN: nothing })).code).toBe(0)
    fill(disk, 700)
    const broken = await visit.run()
    expect(broken.code, broken.stderr).toBe(75)
    expect(broken.stderr).toMatch(/no room left on the disk/)
    const { estadisticas, bitacora } = await readTables(visit.destination)
    const loaded = bitacora.filter((line) => line.includes(',COMPLETADO'))
    expect(loaded.length).toBeLessThan(3)
    expect(new Set(estadisticas.map((line) => line.split(',').at(-2))).size).toBe(loaded.length)
    makeRoom(disk)
    await expectRecovery(visit)
    expect(readdirSync(disk.path)).toEqual(['visitas.duckdb'])
  })

  onEachDestination('under the backups: the load stands, the file is not done', (startVisit) => {
    test('DISK_FULL and 75; with room a rerun keeps the copies and loads nothing twice', async () => {
      await using disk = await mountTmpfs(24)
      await using visit = await start(startVisit)
      visit.env['VISITAS_RESPALDO'] = join(disk.path, 'respaldo')
      fill(disk, 150)
      const broken = await visit.run({ VISITAS_BORRAR_ORIGEN: 'yes' })
      expect(broken.code, broken.stderr).toBe(75)
      expect(broken.stderr).toMatch(/no room left on the disk/)
      // Nothing is deleted at the source that has no copy.
      expect(readdirSync(visit.source)).toHaveLength(3)
      makeRoom(disk)
      await expectRecovery(visit)
    })
  })
})
