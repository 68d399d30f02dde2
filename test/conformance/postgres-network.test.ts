import { describe, expect, test } from 'vitest'
import type { Destination } from '../../packages/cauce/src/connectors/destination.ts'
import { openPostgresDestination } from '../../packages/cauce/src/connectors/postgres/destination.ts'
import { startPostgres } from '../servers/postgres.ts'
import { describeNeeding, sharedPostgres } from '../servers/shared-servers.ts'
import { containsText, startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts'
import type { DestinationKit } from './destination/kit.ts'
import { postgresKit } from './destination/postgres-kit.ts'
import { type FileSketch, ReplacingScene } from './destination/replacing-scene.ts'
import { INTEGER, TEXT } from './destination/round-trip.ts'
import { shapeOf, TestBed, type LoadSketch } from './destination/test-bed.ts'

const FILAS = shapeOf({ name: 'filas', columns: { a: TEXT } })
const CUENTAS = shapeOf({
  name: 'cuentas',
  columns: { clave: TEXT, n: INTEGER },
  key: ['clave'],
  merge: { n: { kind: 'sum' } },
})

describeNeeding('postgres')(`postgres behind a bad network`, () => {
  /** A bed, and a destination on the same database that must go through the proxy. */
  async function faulty(
    work: (bed: TestBed, proxy: TcpProxy, destination: Destination) => Promise<void>,
  ): Promise<void> {
    const access = sharedPostgres()
    await using proxy = await startTcpProxy(access)
    await using bed = await TestBed.make(throughProxy(proxy))
    await work(bed, proxy, await bed.rival())
  }

  test('a COMMIT whose reply is lost is found to have happened', async () => {
    await faulty(async (bed, proxy, destination) => {
      const sketch = await small(bed)
      const dropped = proxy.dropReplyTo(containsText('COMMIT'))
      expect(await bed.load(sketch, { by: destination })).toEqual({ kind: 'loaded' })
      await dropped
      expect(await bed.load(sketch, { by: destination })).toMatchObject({ kind: 'already_loaded' })
      expect(await bed.rows(CUENTAS)).toEqual([['k', '1']])
    })
  })

  test('a COMMIT that never arrived is found not to have happened', async () => {
    await faulty(async (bed, proxy, destination) => {
      const sketch = await small(bed)
      const dropped = proxy.dropRequest(containsText('COMMIT'))
      await expect(bed.load(sketch, { by: destination })).rejects.toMatchObject({
        code: 'DESTINATION_UNREACHABLE',
      })
      await dropped
      expect(await bed.rows(FILAS)).toEqual([])
      expect(await bed.load(sketch, { by: destination })).toEqual({ kind: 'loaded' })
      expect(await bed.rows(CUENTAS)).toEqual([['k', '1']])
    })
  })

  test('a COMMIT by which a load takes the place of another is settled as any, also where its bytes come back', async () => {
    const access = sharedPostgres()
    await using proxy = await startTcpProxy(access)
    await using scene = await ReplacingScene.make(throughProxy(proxy))
    const by = await scene.bed.rival()
    const uno: FileSketch = { item: 'a', content: 'uno', rows: [['x', 1]] }
    const dos: FileSketch = { item: 'a', content: 'dos', rows: [['y', 2]] }
    const standing = async (): Promise<string> => JSON.stringify(await scene.tables())
    await scene.load(uno)
    const unoStands = await standing()
    const steps = [
      [dos, uno],
      [uno, dos],
    ] as const
    for (const [file, before] of steps) {
      const dropped = proxy.dropReplyTo(containsText('COMMIT'))
      expect(await scene.load(file, [scene.keyOf(before)], { by })).toMatchObject({ kind: 'loaded' })
      await dropped
      expect((await scene.record(before)).replacedBy).toBe(scene.keyOf(file))
    }
    expect(await standing()).toBe(unoStands)
    const lost = proxy.dropRequest(containsText('COMMIT'))
    await expect(scene.load(dos, [scene.keyOf(uno)], { by })).rejects.toMatchObject({
      code: 'DESTINATION_UNREACHABLE',
    })
    await lost
    expect(await standing()).toBe(unoStands)
    expect(await scene.load(dos, [scene.keyOf(uno)], { by })).toMatchObject({ kind: 'loaded' })
    expect((await scene.tables()).cuentas).toEqual([['y', '2', '2']])
  })

  test('a connection cut in the middle of the rows leaves nothing', async () => {
    await faulty(async (bed, proxy) => {
      const sketch = await large(bed)
      await bed.destination.prepare(sketch.tables ?? [])
      for (const bytes of [2_000, 100_000, 2_000_000, 5_000_000]) {
        proxy.cutAfter('to-server', bytes)
        const destination = await bed.rival()
        await expect(bed.load(sketch, { by: destination })).rejects.toMatchObject({
          code: 'DESTINATION_UNREACHABLE',
        })
        await proxy.heal()
        expect(await bed.rows(FILAS)).toEqual([])
      }
      expect(await bed.load(sketch)).toEqual({ kind: 'loaded' })
      expect(await bed.rows(FILAS)).toHaveLength(60_000)
    })
  })

  test('a connection that died while it was idle is replaced', async () => {
    await faulty(async (bed, proxy, destination) => {
      expect(await bed.load(await small(bed), { by: destination })).toEqual({ kind: 'loaded' })
      await proxy.refuse()
      await proxy.heal()
      const sketch = { ...(await small(bed)), item: 'otro', content: 'otro' }
      expect(await bed.load(sketch, { by: destination })).toEqual({ kind: 'loaded' })
    })
  })

  test('a silent network does not keep a cancelled load for ever, and says that it is not sure', async () => {
    await faulty(async (bed, proxy) => {
      const destination = await bed.rival()
      const sketch = await small(bed)
      await destination.prepare(sketch.tables ?? [])
      const cancel = new AbortController()
      const at = (passed: string): void => {
        if (passed !== 'after-guard') return
        proxy.blackHole()
        setTimeout(() => cancel.abort(), 50)
      }
      const loading = bed.load(sketch, { by: destination, hooks: { at, signal: cancel.signal } })
      await expect(loading).rejects.toMatchObject({ code: 'DESTINATION_UNREACHABLE' })
      await proxy.heal()
      expect(await bed.load(sketch)).toEqual({ kind: 'loaded' })
    })
  })
})

describeNeeding('postgres')(`postgres that dies`, () => {
  test(
    'in the middle of a load leaves nothing, and takes the load when it is back',
    { timeout: 120_000 },
    async () => {
      await using own = await startPostgres()
      // Beds hold a connection of their own, so each outlives one server at most.
      const database = await own.createDatabase()
      await using files = await TestBed.make(postgresKit(() => sharedPostgres()))
      const sketch = await large(files)
      for (const boundary of ['after-guard', 'before-commit']) {
        const destination = await openPostgresDestination(`${database.url}?settle=1`)
        await destination.prepare(sketch.tables ?? [])
        const sessions = await database.query(
          "SELECT pid FROM pg_stat_activity WHERE application_name = 'cauce' AND datname = current_database()",
        )
        expect(sessions).toHaveLength(1)
        // At once, so that what follows the boundary finds nobody: a session outlives its server as long as it has work.
        const at = (passed: string): void => {
          if (passed !== boundary) return
          for (const pid of [own.pid(), Number(sessions[0]?.['pid'])]) process.kill(pid, 'SIGKILL')
        }
        await expect(files.load(sketch, { by: destination, hooks: { at } })).rejects.toMatchObject({
          code: 'DESTINATION_UNREACHABLE',
        })
        await own.kill()
        await own.restart()
        const [counted] = await database.query('SELECT COUNT(*) AS n FROM filas')
        expect(Number(counted?.['n']), boundary).toBe(0)
        await destination.close()
      }
      const destination = await openPostgresDestination(database.url)
      expect(await files.load(sketch, { by: destination })).toEqual({ kind: 'loaded' })
      await destination.close()
    },
  )

  test(
    'while the reply to COMMIT is on its way is asked again when it is back',
    { timeout: 120_000 },
    async () => {
      await using own = await startPostgres()
      await using proxy = await startTcpProxy(own)
      await using files = await TestBed.make(postgresKit(() => sharedPostgres()))
      const database = await own.createDatabase()
      const destination = await openPostgresDestination(proxy.urlFor(database.url))
      const sketch = await small(files)
      await destination.prepare(sketch.tables ?? [])
      const restarted = proxy.dropReplyTo(containsText('COMMIT')).then(async () => {
        await own.kill()
        await own.restart()
      })
      expect(await files.load(sketch, { by: destination })).toEqual({ kind: 'loaded' })
      await restarted
      const [counted] = await database.query('SELECT COUNT(*) AS n FROM filas')
      expect(Number(counted?.['n'])).toBe(2)
      await destination.close()
    },
  )
})

describe('without a server', () => {
  test('the destination says that it cannot be reached, without the password', async () => {
    const destination = await openPostgresDestination('postgres://yo:secreto@127.0.0.1:1/datos?timeout=1')
    const failed = await destination.prepare([]).catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'DESTINATION_UNREACHABLE',
      details: { url: 'postgres://yo@127.0.0.1:1/datos' },
    })
    expect(String(failed)).not.toContain('secreto')
    await destination.close()
  })
})

/** Databases of the shared server, reached through a proxy by destinations and directly by the bed. */
function throughProxy(proxy: TcpProxy): DestinationKit {
  const direct = postgresKit(() => sharedPostgres())
  return {
    refusesNul: true,
    createDatabase: async () => {
      const database = await direct.createDatabase()
      return Object.assign(database, {
        open: async () => openPostgresDestination(`${proxy.urlFor(database.url)}?settle=3&timeout=2`),
      })
    },
  }
}

async function small(bed: TestBed): Promise<LoadSketch> {
  const tables = [await bed.table(FILAS, [['x'], ['y']]), await bed.table(CUENTAS, [['k', '1']])]
  return { item: 'a.csv', tables }
}

async function large(bed: TestBed): Promise<LoadSketch> {
  const rows = Array.from({ length: 60_000 }, (_unused, number) => [`${number} ${'relleno '.repeat(12)}`])
  const tables = [await bed.table(FILAS, rows), await bed.table(CUENTAS, [['k', '1']])]
  return { item: 'a.csv', tables }
}
