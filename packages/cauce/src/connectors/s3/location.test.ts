import { describe, expect, test } from 'vitest'
import { s3Location } from './location.ts'
import type { Environment } from './settings.ts'

const read = (url: string, environment: Environment = {}): ReturnType<typeof s3Location> =>
  s3Location(url, environment, '/home/me')

test('a whole URL is read', () => {
  const url =
    's3://my.bucket/in/box%20é?endpoint=https://minio.example:9000/&region=eu-west-1&style=virtual&access_key=AK&secret_key=s%2Fe%26c&session_token=t&ca=~/ca.pem&timeout=5&connections=8&start_after=2024'
  expect(read(url)).toEqual({
    bucket: 'my.bucket',
    prefix: 'in/box é/',
    endpoint: 'https://minio.example:9000',
    region: 'eu-west-1',
    pathStyle: false,
    login: {
      base: { kind: 'keys', accessKey: 'AK', secretKey: 's/e&c', sessionToken: 't' },
      role: undefined,
    },
    caPath: '/home/me/ca.pem',
    timeoutMs: 5_000,
    connections: 8,
    startAfter: '2024',
    displayUrl: 's3://my.bucket/in/box%20%C3%A9/',
  })
})

test('what is left out has its default: AWS, with its own chain', () => {
  expect(read('s3://bucket')).toEqual({
    bucket: 'bucket',
    prefix: '',
    endpoint: undefined,
    region: undefined,
    pathStyle: false,
    login: { base: { kind: 'chain', profile: undefined }, role: undefined },
    caPath: undefined,
    timeoutMs: 30_000,
    connections: 4,
    startAfter: undefined,
    displayUrl: 's3://bucket/',
  })
})

test.each([
  ['', ''],
  ['/', ''],
  ['/a', 'a/'],
  ['/a/', 'a/'],
  ['//a', '/a/'],
  ['/a/./b', 'a/./b/'],
  ['/a%2Fb%3F', 'a/b?/'],
])('the keys of s3://bucket%s begin with %j', (path, prefix) => {
  expect(read(`s3://bucket${path}`).prefix).toBe(prefix)
})

describe('the environment', () => {
  const keys = {
    MINIO_ACCESS_KEY: 'mk',
    MINIO_SECRET_KEY: 'ms',
    AWS_ACCESS_KEY_ID: 'ak',
    AWS_SECRET_ACCESS_KEY: 'as',
  }

  test.each([
    [{ MINIO_ENDPOINT: 'minio:9000' }, 'http://minio:9000'],
    [{ MINIO_ENDPOINT: 'minio:9000', MINIO_SECURE: 'true' }, 'https://minio:9000'],
    [{ MINIO_ENDPOINT: 'https://minio' }, 'https://minio'],
    [{ MINIO_ENDPOINT: '[::1]:9000' }, 'http://[::1]:9000'],
    [{ MINIO_ENDPOINT: 'minio:9000', AWS_ENDPOINT_URL: 'http://aws' }, 'http://aws'],
    [{ AWS_ENDPOINT_URL: 'http://aws', AWS_ENDPOINT_URL_S3: 'http://s3' }, 'http://s3'],
    [{ MINIO_ENDPOINT: '' }, undefined],
  ])('%o names the server %s', (environment, endpoint) => {
    expect(read('s3://bucket', environment).endpoint).toBe(endpoint)
    expect(read('s3://bucket', environment).pathStyle).toBe(endpoint !== undefined)
  })

  test('keys of MinIO are for servers that are not AWS, and those of the URL come first', () => {
    expect(read('s3://bucket', { ...keys, MINIO_ENDPOINT: 'h' }).login.base).toMatchObject({
      accessKey: 'mk',
      secretKey: 'ms',
    })
    expect(read('s3://bucket', keys).login.base).toMatchObject({ accessKey: 'ak', secretKey: 'as' })
    expect(read('s3://bucket?access_key=uk&secret_key=us', keys).login.base).toMatchObject({
      accessKey: 'uk',
    })
    expect(read('s3://bucket?profile=work', keys).login.base).toEqual({ kind: 'chain', profile: 'work' })
    expect(read('s3://bucket?anonymous=yes', keys).login.base).toEqual({ kind: 'anonymous' })
    expect(read('s3://bucket', { AWS_PROFILE: 'home' }).login.base).toEqual({
      kind: 'chain',
      profile: 'home',
    })
  })

  test('a role is taken on by whoever shows the keys', () => {
    expect(read('s3://bucket?role=arn:aws:iam::1:role/r&external_id=e', keys).login).toMatchObject({
      base: { accessKey: 'ak' },
      role: { arn: 'arn:aws:iam::1:role/r', externalId: 'e' },
    })
  })

  test('names the bucket of a URL without one, the region, and whom to trust', () => {
    const environment = { BUCKET: 'mine', AWS_DEFAULT_REGION: 'eu-1', AWS_CA_BUNDLE: '/ca.pem' }
    expect(read('s3:///in', environment)).toMatchObject({
      bucket: 'mine',
      prefix: 'in/',
      region: 'eu-1',
      caPath: '/ca.pem',
    })
  })
})

describe('is refused, with the remedy and without what may be secret:', () => {
  test.each([
    ['s3://', 'the bucket is missing'],
    ['s3://me:s3cr3t@bucket/in', 'keys stand in the options'],
    ['s3://b/in?secret_key=s3cr3t', 'at least three'],
    ['s3://bucket/in#s3cr3t', '# as %23'],
    ['s3://bucket/in?secret=s3cr3t', 'known are endpoint, region'],
    ['s3://bucket/in?secret_key=s3cr3t', 'the option secret_key is set but the option access_key is not'],
    ['s3://bucket/in?access_key=s3cr3t', 'the option access_key is set but the option secret_key is not'],
    ['s3://bucket/in?session_token=s3cr3t', 'needs the option access_key'],
    ['s3://bucket/in?access_key=a&secret_key=s3%cr3t', 'not percent-encoded rightly'],
    ['s3://bucket/in?access_key=a&access_key=s3cr3t', 'more than once'],
    ['s3://bucket/in?access_key=&secret_key=s3cr3t', 'is empty'],
    ['s3://bucket/in?access_key=a&secret_key=s3cr3t&profile=p', 'give only one of'],
    ['s3://bucket/in?anonymous=s3cr3t', 'can only be yes'],
    ['s3://bucket/in?external_id=s3cr3t', 'needs the option role'],
    ['s3://bucket/in?endpoint=http://me:s3cr3t@host', 'without user and parameters'],
    ['s3://bucket/in?endpoint=ftp://s3cr3t', 'an address like http://host:9000'],
    ['s3://bucket/in?style=s3cr3t', 'path or virtual'],
    ['s3://bucket/in?ca=s3cr3t', 'absolute path or begin with ~/'],
    ['s3://bucket/in?timeout=0', 'from 1 to 3600'],
    ['s3://bucket/in?timeout=1.5', 'from 1 to 3600'],
    ['s3://bucket/in?connections=65', 'from 1 to 64'],
  ])('%s', (url, remedy) => {
    const failure = failureOf(url)
    expect(failure).toMatchObject({ code: 'CONFIG_INVALID' })
    const message = JSON.stringify([failure, String(failure), failure instanceof Error ? failure.cause : ''])
    expect(message).toContain(remedy)
    expect(message).not.toMatch(/s3.?cr3t/)
  })
})

function failureOf(url: string): unknown {
  try {
    return read(url)
  } catch (error) {
    return error
  }
}
