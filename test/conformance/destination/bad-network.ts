import { expect, test } from 'vitest'
import type { Destination } from '../../../packages/cauce/src/connectors/destination.ts'
import { describeNeeding } from '../../servers/shared-servers.ts'
import type { ServerName } from '../../servers/wanted.ts'
import { containsText, startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts'
import type { DestinationKit, KitDatabase } from './kit.ts'
import { type FileSketch, ReplacingScene } from './replacing-scene.ts'
import { INTEGER, TEXT } from './round-trip.ts'
import { shapeOf, TestBed, type LoadSketch } from './test-bed.ts'

export const FILAS = shapeOf({ name: 'filas', columns: { a: TEXT } })
const CUENTAS = shapeOf({
  name: 'cuentas',
  columns: { clave: TEXT, n: INTEGER },
  key: ['clave'],
  merge: { n: { kind: 'sum' } },
})

/** A server of the shared ones, as a destination sees it. */
export interface NetworkedServer {
  readonly name: ServerName
  address(): { readonly host: string; readonly port: number }
  /** Its databases, reached directly. */
  kit(): Omit<DestinationKit, 'createDatabase'> & {
    createDatabase(): Promise<KitDatabase & { readonly url: string }>
  }
  open(url: string): Promise<Destination>
}

/** What becomes of loads when the network between destination and database does what networks do. */
export function badNetworkConformance(server: NetworkedServer): void {
  describeNeeding(server.name)(`${server.name} behind a bad network`, () => {
    /** A bed, and a destination on the same database that must go through the proxy. */
    async function faulty(
      work: (bed: TestBed, proxy: TcpProxy, destination: Destination) => Promise<void>,
    ): Promise<void> {
      await using proxy = await startTcpProxy(server.address())
      await using bed = await TestBed.make(throughProxy(server, proxy))
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
      await using proxy = await startTcpProxy(server.address())
      await using scene = await ReplacingScene.make(throughProxy(server, proxy))
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
}

/** Databases of a server, reached through a proxy by destinations and directly by the bed. */
function throughProxy(server: NetworkedServer, proxy: TcpProxy): DestinationKit {
  const direct = server.kit()
  return {
    ...direct,
    createDatabase: async () => {
      const database = await direct.createDatabase()
      return Object.assign(database, {
        open: async () => server.open(`${proxy.urlFor(database.url)}?settle=3&timeout=2`),
      })
    },
  }
}

export async function small(bed: TestBed): Promise<LoadSketch> {
  const tables = [await bed.table(FILAS, [['x'], ['y']]), await bed.table(CUENTAS, [['k', '1']])]
  return { item: 'a.csv', tables }
}

export async function large(bed: TestBed): Promise<LoadSketch> {
  const rows = Array.from({ length: 60_000 }, (_unused, number) => [`${number} ${'relleno '.repeat(12)}`])
  const tables = [await bed.table(FILAS, rows), await bed.table(CUENTAS, [['k', '1']])]
  return { item: 'a.csv', tables }
}
