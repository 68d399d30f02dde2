import { describe, expect, test } from 'vitest'
import { sftpLocation } from './location.ts'

const PIN = `SHA256:${'aB+/'.repeat(10)}xyz`
const read = (url: string): ReturnType<typeof sftpLocation> => sftpLocation(url, '/home/me')

test('a whole URL is read', () => {
  const url = `sftp://us%40er:p%2Fa%23%25ss@Sftp.Example.com:2222/in/box%20é/?key=~/.ssh/id&passphrase=a%26b&hostkey=${PIN}=&timeout=5`
  expect(read(url)).toEqual({
    host: 'sftp.example.com',
    port: 2222,
    user: 'us@er',
    password: 'p/a#%ss',
    keyPath: '/home/me/.ssh/id',
    passphrase: 'a&b',
    hostKeys: [PIN],
    knownHostsPath: undefined,
    folder: '/in/box é',
    timeoutMs: 5_000,
    displayUrl: 'sftp://us%40er@Sftp.Example.com:2222/in/box%20é/',
  })
})

test('what is left out has its default', () => {
  expect(read('sftp://me@host/')).toMatchObject({
    port: 22,
    password: undefined,
    keyPath: undefined,
    hostKeys: [],
    folder: '/',
    timeoutMs: 30_000,
    displayUrl: 'sftp://me@host/',
  })
})

test.each([
  ['/a/b', '/a/b'],
  ['/a/b//', '/a/b'],
  ['/~', '.'],
  ['/~/', '.'],
  ['/~/a', 'a'],
  ['/./a/b/', 'a/b'],
  ['/.', '.'],
  ['/~other/a', '/~other/a'],
  ['/.hidden', '/.hidden'],
  ['/a%2Fb', '/a/b'],
])('the folder of %s is %s', (path, folder) => {
  expect(read(`sftp://me@host${path}`).folder).toBe(folder)
})

test('an IPv6 address stands in brackets', () => {
  expect(read('sftp://me@[::1]:2222/a')).toMatchObject({
    host: '::1',
    port: 2222,
    displayUrl: 'sftp://me@[::1]:2222/a',
  })
})

test('several fingerprints may be pinned', () => {
  const other = `SHA256:${'C'.repeat(43)}`
  expect(read(`sftp://me@host/a?hostkey=${PIN}&hostkey=${other}`).hostKeys).toEqual([PIN, other])
})

describe('is refused, with the remedy and without what may be secret:', () => {
  test.each([
    ['sftp://me:s3cr3t@host', 'the folder is missing'],
    ['sftp://:s3cr3t@host/a', 'the user is missing'],
    ['sftp://host/a', 'the user is missing'],
    ['sftp://me:s3cr3t@host:0/a', 'the port must lie'],
    ['sftp://me:s3cr3t@host:99999/a', 'the port must lie'],
    ['sftp://me:s3cr3t@host:/a', '%3A'],
    ['sftp://me:s3@cr3t@host/a', 'write @ as %40'],
    ['sftp://me:s3/cr3t@host/a', '/ as %2F'],
    ['sftp://me:s3#cr3t@host/a', '# as %23'],
    ['sftp://me:s3%cr3t@host/a', 'the password is not percent-encoded'],
    ['sftp://me:s3cr3t@host/a?paswd=s3cr3t', 'known are key, passphrase, hostkey, known_hosts, timeout'],
    ['sftp://me:s3cr3t@host/a?key=id', 'absolute path or begin with ~/'],
    ['sftp://me:s3cr3t@host/a?known_hosts=', 'is empty'],
    ['sftp://me:s3cr3t@host/a?key=/a&key=/b', 'more than once'],
    ['sftp://me:s3cr3t@host/a?passphrase=s3cr3t', 'needs the option key'],
    ['sftp://me:s3cr3t@host/a?hostkey=MD5:11:22', 'ssh-keygen -lf'],
    ['sftp://me:s3cr3t@host/a?hostkey=SHA256:short', 'ssh-keygen -lf'],
    [`sftp://me:s3cr3t@host/a?hostkey=${PIN}&known_hosts=/k`, 'not both'],
    ['sftp://me:s3cr3t@host/a?timeout=0', 'from 1 to 3600'],
    ['sftp://me:s3cr3t@host/a?timeout=5s', 'from 1 to 3600'],
    ['sftp://me:s3cr3t@ho st/a', 'is not of the form'],
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
