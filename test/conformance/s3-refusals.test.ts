import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openSource } from '../../packages/cauce/src/connectors/source-registry.ts'
import type { Source } from '../../packages/cauce/src/connectors/source.ts'
import { describeNeeding, sharedMinio } from '../servers/shared-servers.ts'
import type { MinioBucket } from '../servers/minio-access.ts'
import { startMinio } from '../servers/minio.ts'
import { quiet } from './source-scene.ts'

const ACCESS = { code: 'SOURCE_ACCESS', class: 'access' }
const SECRET = 'hush-hush-not-to-be-told'

describeNeeding('minio')('s3 says what is wrong, and how to mend it:', () => {
  let bucket: MinioBucket
  let opened: Source[] = []
  beforeEach(async () => {
    bucket = await sharedMinio().createBucket()
    await bucket.put('in/a.csv', 'a')
  })
  afterEach(async () => {
    await Promise.all(opened.map(async (source) => source.close()))
    opened = []
  })

  const open = async (url: string, environment?: Readonly<Record<string, string>>): Promise<Source> => {
    const source = await openSource(url, environment === undefined ? {} : { environment })
    opened.push(source)
    return source
  }
  /** Also the questions whose answers have no body. */
  const failuresOf = async (source: Source): Promise<readonly unknown[]> => {
    const entry = { key: 'a.csv', sizeBytes: 1, modifiedMs: 0, version: 'x:1:0' }
    const request = { entry, toPath: join(tmpdir(), 'cauce-never'), onBytes: () => undefined, signal: quiet }
    return Promise.all(
      [
        async () => source.list('*', quiet),
        async () => source.stat('a.csv'),
        async () => source.fetch(request),
        async () => source.delete(entry),
      ].map(async (ask) =>
        ask().then(
          () => 'no failure',
          (error: unknown) => error,
        ),
      ),
    )
  }

  test.each([
    ['an unknown access key', { accessKey: 'nobody', secretKey: SECRET }, 'does not know the access key'],
    ['a wrong secret key', { secretKey: SECRET }, 'the secret key does not belong'],
    ['a token of somebody else', { sessionToken: SECRET }, 'the session token is not valid'],
  ])('%s', async (_, wrong, words) => {
    const { accessKey, secretKey } = sharedMinio()
    const keys = { accessKey, secretKey, ...wrong }
    const source = await open(sharedMinio().url(`${bucket.name}/in`, {}, keys))
    const failures = await failuresOf(source)
    for (const failure of failures) {
      expect(failure).toMatchObject({ ...ACCESS, message: expect.stringContaining(words) })
      expect(String(failure) + JSON.stringify(failure)).not.toContain(SECRET)
    }
  })

  test('a bucket that is not there', async () => {
    const source = await open(sharedMinio().url('no-such-bucket/in'))
    for (const failure of await failuresOf(source))
      expect(failure).toMatchObject({ code: 'SOURCE_MISSING', class: 'config' })
  })

  test('another region', async () => {
    const source = await open(sharedMinio().url(`${bucket.name}/in`, { region: 'eu-south-2' }))
    const [failure] = await failuresOf(source)
    expect(failure).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('?region=us-east-1'),
    })
  })

  test('a bucket that may be read but not listed', async () => {
    const keys = await sharedMinio().limitedKeys([
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${bucket.name}/*`] },
    ])
    const source = await open(sharedMinio().url(`${bucket.name}/in`, {}, keys))
    const [listing] = await failuresOf(source)
    expect(listing).toMatchObject({ ...ACCESS, message: expect.stringContaining('s3:ListBucket') })
    expect(await source.stat('a.csv')).toMatchObject({ key: 'a.csv', sizeBytes: 1 })
  })

  test('an object that may be listed but not read is named', async () => {
    const keys = await sharedMinio().limitedKeys([
      { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [`arn:aws:s3:::${bucket.name}`] },
    ])
    const source = await open(sharedMinio().url(`${bucket.name}/in`, {}, keys))
    expect(await source.list('*', quiet)).toHaveLength(1)
    for (const failure of (await failuresOf(source)).slice(1))
      expect(failure).toMatchObject({ ...ACCESS, message: expect.stringContaining('"a.csv"') })
  })

  test('half a pair of keys', async () => {
    const environment = { MINIO_ENDPOINT: sharedMinio().endpoint, MINIO_ACCESS_KEY: 'me' }
    await expect(open('s3://bucket/in', environment)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('MINIO_ACCESS_KEY is set but MINIO_SECRET_KEY is not'),
    })
  })

  test.each([
    ['MINIO_ENDPOINT', 'MINIO_ACCESS_KEY', 'MINIO_SECRET_KEY'],
    ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    ['AWS_ENDPOINT_URL_S3', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ])(
    'nothing, when endpoint and keys stand in %s and its kin',
    async (endpointName, accessName, secretName) => {
      const { host, port, endpoint, accessKey, secretKey } = sharedMinio()
      const environment = {
        [endpointName]: endpointName === 'MINIO_ENDPOINT' ? `${host}:${port}` : endpoint,
        [accessName]: accessKey,
        [secretName]: secretKey,
        BUCKET: bucket.name,
      }
      const source = await open('s3:///in/', environment)
      expect(source.displayUrl).toBe(`s3://${bucket.name}/in/`)
      expect(await source.list('*', quiet)).toHaveLength(1)
    },
  )

  test('nothing, for a role that the keys may take on, and for nobody in a public bucket', async () => {
    const options = { role: 'arn:minio:iam:::role/reader' }
    const asReader = await open(sharedMinio().url(`${bucket.name}/in`, options))
    expect(await asReader.list('*', quiet)).toHaveLength(1)
    const { endpoint } = sharedMinio()
    const shown = await sharedMinio().createBucket({ isPublic: true })
    await shown.put('a.csv', 'a')
    const nobody = await open(`s3://${shown.name}?endpoint=${endpoint}&anonymous=yes`)
    expect(await nobody.list('*', quiet)).toHaveLength(1)
    expect(await nobody.stat('a.csv')).toMatchObject({ sizeBytes: 1 })
    const closed = await open(`s3://${bucket.name}?endpoint=${endpoint}&anonymous=yes`)
    await expect(closed.list('*', quiet)).rejects.toMatchObject(ACCESS)
  })

  test('nothing, when only the clock of this machine is an hour off', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date().getTime() + 3_600_000 })
    try {
      const source = await open(sharedMinio().url(`${bucket.name}/in`))
      expect(await source.list('*', quiet)).toHaveLength(1)
    } finally {
      vi.useRealTimers()
    }
  })

  test('TLS: a certificate nobody vouches for, one whose authority is named, and no TLS at all', async () => {
    await using server = await startMinio({ tls: true, mayBuild: false })
    const own = await server.createBucket()
    await own.put('a.csv', 'a')
    const stranger = await open(server.url(own.name), {})
    const [failure] = await failuresOf(stranger)
    expect(failure).toMatchObject({ ...ACCESS, message: expect.stringContaining('?ca=/path') })
    const known = await open(server.url(own.name, { ca: server.certificatePath }), {})
    expect(await known.list('*', quiet)).toHaveLength(1)
    const byName = await open(server.url(own.name), { AWS_CA_BUNDLE: server.certificatePath })
    expect(await byName.list('*', quiet)).toHaveLength(1)
    const plain = sharedMinio().endpoint.replace('http:', 'https:')
    const [noTls] = await failuresOf(await open(sharedMinio().url(bucket.name, { endpoint: plain }), {}))
    expect(noTls).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('write http://') })
  })

  test('names that a server keeping objects in folders cannot have', async () => {
    const source = await open(sharedMinio().url(`${bucket.name}/in`))
    const entry = { key: 'a//../b', sizeBytes: 1, modifiedMs: 0 }
    await expect(source.stat(entry.key)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', class: 'layout' })
  })
})

describeNeeding('minio')('s3 objects', () => {
  let spool = ''
  beforeEach(async () => {
    spool = await mkdtemp(join(tmpdir(), 'cauce-spool-'))
  })
  afterEach(async () => rm(spool, { recursive: true }))

  test('of the same size, replaced within a second, are told apart', async () => {
    const bucket = await sharedMinio().createBucket()
    const source = await openSource(sharedMinio().url(bucket.name))
    const versions = new Set<string | undefined>()
    for (const content of ['a', 'b', 'c']) {
      await bucket.put('a.csv', content)
      versions.add((await source.stat('a.csv'))?.version)
    }
    expect(versions.size).toBe(3)
    const [entry] = await source.list('*', quiet)
    expect(versions).toContain(entry?.version)
    await source.close()
  })

  test('that stand for folders are not listed, nor is what lies beside the prefix', async () => {
    const bucket = await sharedMinio().createBucket()
    for (const key of ['in/', 'in/sub/', 'in/sub/a.csv', 'in2/b.csv', 'inb.csv']) await bucket.put(key, '')
    const source = await openSource(sharedMinio().url(`${bucket.name}/in`))
    expect((await source.list('**', quiet)).map(({ key }) => key)).toEqual(['sub/a.csv'])
    await source.close()
  })

  test('after the key named by start_after are all that is listed', async () => {
    const bucket = await sharedMinio().createBucket()
    for (const day of ['01', '02', '03']) await bucket.put(`in/2024-01-${day}.csv`, day)
    const source = await openSource(sharedMinio().url(`${bucket.name}/in`, { start_after: '2024-01-01.csv' }))
    expect((await source.list('*', quiet)).map(({ key }) => key)).toEqual([
      '2024-01-02.csv',
      '2024-01-03.csv',
    ])
    await source.close()
  })

  test('of a bucket with versions are read as listed, and deleting leaves the history and no other mark', async () => {
    const bucket = await sharedMinio().createBucket({ versioned: true })
    await bucket.put('a.csv', 'first')
    await bucket.put('a.csv', 'second')
    const source = await openSource(sharedMinio().url(bucket.name))
    await source.assertDeletable('')
    const [entry] = await source.list('*', quiet)
    if (entry === undefined) throw new Error('nothing listed')
    const toPath = join(spool, 'part')
    await source.fetch({ entry, toPath, onBytes: () => undefined, signal: quiet })
    expect(await readFile(toPath, 'utf8')).toBe('second')
    await source.delete(entry)
    expect(await source.list('*', quiet)).toEqual([])
    expect(await bucket.marks()).toEqual(['a.csv'])
    await source.close()
  })
})
