import { expect, test } from 'vitest'
import { fingerprintOf, keyTypeOf, knownHosts } from './known-hosts.ts'

// Made and hashed by ssh-keygen.
const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIKW/xZ+nm86RQt7uBS/DPy27eGwEvJcNx8mmpwPvQOd/'
const HASHED_WITH_PORT = '|1|y3fnSCpkKYLQ9r64woJ3O7covg4=|CKDoWaw3zHxQUMbVwZM2QKRC1WQ='
const HASHED_PLAIN = '|1|NmPor5qlfdIOjYl2TFlJU8mmPvk=|9CJBTTVKd05ULRM9bjlEd3zTiL0='
const FINGERPRINT = 'SHA256:QVU4zgPfFqacVK5NVtLkZSg9qY+mCTU7GVNnwfnvDbI'

const found = (names: string, host: string, port = 22): number =>
  knownHosts(`${names} ssh-ed25519 ${KEY} a comment\n`, host, port).length

test('a key has the type and the fingerprint ssh-keygen prints', () => {
  const key = Buffer.from(KEY, 'base64')
  expect(keyTypeOf(key)).toBe('ssh-ed25519')
  expect(fingerprintOf(key)).toBe(FINGERPRINT)
})

test.each([
  ['host.example.com', 'host.example.com', 22],
  ['HOST.example.com', 'host.example.com', 22],
  ['other,host.example.com,192.0.2.1', '192.0.2.1', 22],
  ['[host.example.com]:2222', 'host.example.com', 2222],
  ['[::1]:2222', '::1', 2222],
  ['*.example.com', 'host.example.com', 22],
  ['h?st', 'host', 22],
  ['[*.example.com]:2222', 'host.example.com', 2222],
  ['*', 'host', 2222],
  [HASHED_PLAIN, 'plain.example.com', 22],
  [HASHED_WITH_PORT, 'sftp.example.com', 2222],
])('%s speaks of %s port %i', (names, host, port) => {
  expect(found(names, host, port)).toBe(1)
})

test.each([
  ['host.example.com', 'host.example.com', 2222],
  ['[host.example.com]:2222', 'host.example.com', 22],
  ['hostXexample.com', 'host.example.com', 22],
  ['*.example.com,!bad.example.com', 'bad.example.com', 22],
  ['h?st', 'hoost', 22],
  [HASHED_PLAIN, 'other.example.com', 22],
  [HASHED_WITH_PORT, 'sftp.example.com', 22],
  ['|2|a|b', 'host', 22],
])('%s does not speak of %s port %i', (names, host, port) => {
  expect(found(names, host, port)).toBe(0)
})

test('lines are numbered and marked; those that cannot be read are passed over', () => {
  const text = [
    '# a comment',
    '',
    `host ssh-ed25519 ${KEY}`,
    `@revoked host ssh-ed25519 ${KEY}`,
    `@cert-authority *  ssh-ed25519\t${KEY}`,
    `@unknown host ssh-ed25519 ${KEY}`,
    `host ssh-rsa ${KEY}`,
    'host ssh-ed25519 not*base64',
    'host',
    `  host ssh-ed25519 ${KEY}\r`,
  ].join('\n')
  expect(knownHosts(text, 'host', 22).map(({ line, marker }) => [line, marker])).toEqual([
    [3, undefined],
    [4, 'revoked'],
    [5, 'cert-authority'],
    [10, undefined],
  ])
})

test.each([
  Buffer.alloc(0),
  Buffer.from([0, 0, 0, 0]),
  Buffer.from([0, 0, 0, 9, 65]),
  Buffer.alloc(80, 0xff),
])('bytes that are no key have no type', (bytes) => {
  expect(keyTypeOf(bytes)).toBeUndefined()
})
