import { expect, test } from 'vitest'
import { openSource } from './source-registry.ts'

test.each([
  ['/data/in', '/data/in'],
  ['/data/in/', '/data/in'],
  ['/data/a:b', '/data/a:b'],
  ['file:///data/a%20b', '/data/a b'],
  ['FILE:/data', '/data'],
  ['sftp://me:secret@host/in?timeout=5', 'sftp://me@host/in'],
  ['SFTP://me@host/in', 'sftp://me@host/in'],
  ['s3://bucket/a/in?secret_key=x&access_key=y', 's3://bucket/a/in/'],
])('%s opens %s without touching it', async (url, displayUrl) => {
  const source = await openSource(url)
  expect(source.displayUrl).toBe(displayUrl)
  await source.close()
})

test.each([
  [
    'gs://bucket/in',
    'no connector reads gs: URLs; known are folders (/path or file:///path) and s3://, sftp://',
  ],
  ['constructor:x', 'no connector reads constructor: URLs'],
  ['./in', 'must be an absolute path'],
  ['file:./in', 'must be absolute'],
  ['file:///a?b', '%3F'],
  ['file://elsewhere/a', 'not a file on this machine'],
])('%s is refused: %s', async (url, reason) => {
  await expect(openSource(url)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(reason),
  })
})

test('a password in a URL of an unknown kind is not repeated', async () => {
  const failure = await openSource('ftp://me:s3cr3t@host/in').catch((error: unknown) => error)
  expect(JSON.stringify([failure, String(failure)])).not.toContain('s3cr3t')
})
