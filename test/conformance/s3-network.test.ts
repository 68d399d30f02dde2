import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSource } from '../../packages/cauce/src/connectors/source-registry.ts'
import type { Fetched, Source, SourceEntry } from '../../packages/cauce/src/connectors/source.ts'
import type { MinioAccess, MinioBucket } from '../servers/minio-access.ts'
import { startMinio } from '../servers/minio.ts'
import { describeNeeding, sharedMinio } from '../servers/shared-servers.ts'
import { startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts'
import { quiet } from './source-scene.ts'

const MEGABYTE = 1024 * 1024
const CONTENT = randomBytes(20 * MEGABYTE)
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')
const UNREACHABLE = { code: 'SOURCE_UNREACHABLE', class: 'system' }

interface Line extends AsyncDisposable {
  readonly source: Source
  readonly proxy: TcpProxy
  readonly bucket: MinioBucket
  readonly entry: SourceEntry
}

describeNeeding('minio')('s3 over a bad network', () => {
  let spool = ''
  beforeEach(async () => {
    spool = await mkdtemp(join(tmpdir(), 'cauce-spool-'))
  })
  afterEach(async () => rm(spool, { recursive: true }))

  const fetch = async (
    { source, entry }: Pick<Line, 'source' | 'entry'>,
    onBytes: (bytes: number) => void = () => undefined,
  ): Promise<Fetched> => source.fetch({ entry, toPath: join(spool, 'part'), onBytes, signal: quiet })

  test('a transfer whose connections are cut goes on where each stood', async () => {
    await using line = await openLine()
    await line.source.close()
    // No connection can carry a whole range of 4 MB.
    line.proxy.cutAfter('to-client', 3.5 * MEGABYTE)
    const told: number[] = []
    const fetched = await fetch(line, (bytes) => told.push(bytes))
    expect(fetched).toEqual({ sizeBytes: CONTENT.length, sha256: SHA256 })
    expect(told).toEqual(told.toSorted((a, b) => a - b))
  })

  test('a transfer cut again and again is given up after three tries, and nothing stays in the spool', async () => {
    await using line = await openLine()
    await line.source.close()
    line.proxy.cutAfter('to-client', MEGABYTE / 2)
    await expect(fetch(line)).rejects.toMatchObject(UNREACHABLE)
    expect(await readdir(spool)).toEqual([])
  })

  test.each(['replaced', 'deleted'])('an object %s in mid-read is not taken', async (what) => {
    // One range after the other, so that most are asked for afterwards.
    await using line = await openLine({ connections: '1' }, sharedMinio(), Buffer.alloc(80 * MEGABYTE))
    let changed: Promise<void> | undefined
    const change = (): void => {
      changed ??= what === 'deleted' ? line.bucket.remove('big.bin') : line.bucket.put('big.bin', 'other')
    }
    await expect(fetch(line, change)).rejects.toMatchObject({ code: 'SOURCE_CHANGED', class: 'system' })
    expect(await readdir(spool)).toEqual([])
    await changed
  })

  test('a server killed in mid-transfer and started again is enough', async () => {
    await using server = await startMinio({ mayBuild: false })
    await using line = await openLine({ connections: '1' }, server)
    let killed: Promise<void> | undefined
    const fetched = await fetch(line, (bytes) => {
      if (bytes > 5 * MEGABYTE) killed ??= server.kill().then(async () => server.restart())
    })
    expect(killed).toBeDefined()
    expect(fetched.sha256).toBe(SHA256)
    await killed
  })

  test('a server that is not there is said after three tries', async () => {
    await using line = await openLine()
    await line.source.close()
    await line.proxy.refuse()
    const begin = performance.now()
    const failure = { ...UNREACHABLE, message: expect.stringContaining('nothing listens on that port') }
    await expect(line.source.list('*', quiet)).rejects.toMatchObject(failure)
    // Two pauses of at least 0.25 and 0.5 s.
    expect(performance.now() - begin).toBeGreaterThan(700)
    await line.proxy.heal()
    expect(await line.source.list('*', quiet)).toHaveLength(1)
  })

  test('a host nobody knows is said', async () => {
    const source = await openSource(
      sharedMinio().url('bucket/in', { endpoint: 'http://no-such-host.invalid:9000', timeout: '5' }),
    )
    await expect(source.list('*', quiet)).rejects.toMatchObject(UNREACHABLE)
    await source.close()
  })

  test('silence in mid-transfer is given up within the timeout', async () => {
    await using line = await openLine({ timeout: '2', connections: '1' })
    let since = 0
    const fetching = fetch(line, () => {
      if (since > 0) return
      since = performance.now()
      line.proxy.blackHole()
    })
    await expect(fetching).rejects.toMatchObject({
      ...UNREACHABLE,
      message: expect.stringContaining('no answer for 2 s'),
    })
    expect(performance.now() - since).toBeLessThan(3_500)
    expect(await readdir(spool)).toEqual([])
  })

  test('silence before any answer is given up within the timeout', async () => {
    await using line = await openLine({ timeout: '2' })
    line.proxy.blackHole()
    const begin = performance.now()
    await expect(line.source.list('*', quiet)).rejects.toMatchObject(UNREACHABLE)
    expect(performance.now() - begin).toBeLessThan(3_500)
  })

  test('a slow line is not taken for a dead one', async () => {
    await using line = await openLine({ timeout: '1' }, sharedMinio(), CONTENT.subarray(0, 5 * MEGABYTE))
    line.proxy.setLatency(300)
    expect((await fetch(line)).sizeBytes).toBe(5 * MEGABYTE)
  })

  test('waiting for a silent server ends at once when aborted', async () => {
    await using line = await openLine()
    line.proxy.blackHole()
    const reason = new Error('enough')
    const abort = new AbortController()
    const listing = line.source.list('*', abort.signal)
    await sleep(50)
    const begin = performance.now()
    abort.abort(reason)
    await expect(listing).rejects.toBe(reason)
    expect(performance.now() - begin).toBeLessThan(500)
  })

  test('closing lets go of the connections', async () => {
    await using line = await openLine()
    expect(line.proxy.openConnections()).toBeGreaterThan(0)
    await line.source.close()
    await expect.poll(() => line.proxy.openConnections()).toBe(0)
  })
})

/** A source with one object, already connected through a proxy of its own. */
async function openLine(
  options: Readonly<Record<string, string>> = {},
  server: MinioAccess = sharedMinio(),
  content: Buffer = CONTENT,
): Promise<Line> {
  const bucket = await server.createBucket()
  await bucket.put('big.bin', content)
  const proxy = await startTcpProxy(server)
  const endpoint = `http://${proxy.host}:${proxy.port}`
  // The longest pauses there can be: a killed server needs most of a second to come back.
  const source = await openSource(server.url(bucket.name, { endpoint, ...options }), { random: () => 0.99 })
  const [entry] = await source.list('*', quiet)
  if (entry === undefined) throw new Error('nothing listed')
  return {
    source,
    proxy,
    bucket,
    entry,
    [Symbol.asyncDispose]: async () => {
      await source.close()
      await proxy.stop()
    },
  }
}
