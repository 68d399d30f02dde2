import { expect, test } from 'vitest'
import { address, env, firstOf, secret } from '../pipeline/setting.ts'
import type { Surroundings } from '../plan/resolve-settings.ts'
import { redactor } from './redactor.ts'
import { secretsOf } from './secrets-of.ts'

const around = (environment: Readonly<Record<string, string>>): Surroundings => ({
  environment,
  dotenv: { FROM_DOTENV: 'mysql://etl:from-dotenv@db/v' },
  projectFolder: '/project',
  currentFolder: '/',
})

const found = (declared: unknown, environment: Readonly<Record<string, string>> = {}): readonly string[] =>
  secretsOf({ declared: [declared], locations: [], surroundings: around(environment) })

test('the password of an address is secret, wherever the address comes from and however deep it was declared', () => {
  const declared = {
    destination: env('DB'),
    deeper: [{ list: { other: env('FROM_DOTENV') } }, { kind: 'value', value: 'sftp://u:written@h/in' }],
    fallback: env('UNSET', 'postgres://u:fallback@h/d'),
  }
  expect(found(declared, { DB: 'mysql://etl:p%40ss@db/v' })).toEqual([
    'p%40ss',
    'p@ss',
    'from-dotenv',
    'written',
    'fallback',
  ])
})

test('a secret is secret as a whole, with the path of an address and with the lines of a key', () => {
  const webhook = 'https://hooks.example/services/T000/B000/abcdef?x=12345'
  expect(found(secret('HOOK'), { HOOK: webhook })).toEqual([
    webhook,
    '/services/T000/B000/abcdef?x=12345',
    '12345',
  ])
  const key = '-----BEGIN A KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END A KEY-----\n'
  expect(found(secret('KEY'), { KEY: key })).toEqual([key, key.trim(), 'MIIEvQIBADANBg', 'kqhkiG9w0BAQ'])
})

test.each([
  ['a password with unescaped signs', 'mysql://u:a/b?c#d@e@host/db', 'a/b?c#d@e'],
  ['a parameter that is named like a secret', 'sftp://u@h/in?passphrase=a%20b&key=/home/u/id', 'a b'],
  ['a connection string', 'Server=h;User=u;Password=hidden;', 'hidden'],
  ['a token in the place of the user', 'https://tokentoken@api.example/v1', 'tokentoken'],
  ['a percent sign that begins no character', 'mysql://u:100%@h/d', '100%'],
])('%s is found', (_name, url, hidden) => {
  const secrets = found(env('ADDRESS'), { ADDRESS: url })
  expect(secrets).toContain(hidden)
  expect(redactor(secrets)(`cannot open ${url}`)).not.toContain(hidden)
})

test('users, hosts, paths and files of keys are not', () => {
  const secrets = found(env('ADDRESS'), {
    ADDRESS: 'sftp://etl@host.example:22/in?key=/home/etl/id&hostkey=SHA256:abc',
  })
  expect(secrets).toEqual([])
  expect(found(env('FOLDER', './entrada'))).toEqual([])
})

test("the ledger's address is looked at too", () => {
  const request = { declared: [], locations: ['postgres://c:ledgerpw@db/c'], surroundings: around({}) }
  expect(secretsOf(request)).toEqual(['ledgerpw'])
})

test('of an address put together its password is secret, under whatever name it came, as it is and as it is written there', () => {
  const declared = firstOf(env('DB'), address`postgres://${env('USER_NAME')}:${env('SOME_WORD')}@db/app`)
  const told = found({ into: declared }, { USER_NAME: 'ana', SOME_WORD: 'p@ss' })
  expect(told).toContain('p@ss')
  expect(told).toContain('p%40ss')
  expect(told).not.toContain('ana')
})
