import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CauceError } from '../../model/cauce-error.ts'
import { mysqlLocation } from './location.ts'

const HOME = '/home/yo'

function refusal(url: string): CauceError {
  try {
    mysqlLocation(url, HOME)
  } catch (error) {
    if (error instanceof CauceError) return error
    throw error
  }
  throw new Error(`${url} was taken`)
}

test('a plain URL has sensible waits and no TLS', () => {
  expect(mysqlLocation('mysql://yo@db.example/datos', HOME)).toEqual({
    host: 'db.example',
    port: 3306,
    user: 'yo',
    password: '',
    database: 'datos',
    tls: undefined,
    connectTimeoutMs: 10_000,
    lockWaitSeconds: 20,
    settleTimeoutMs: 60_000,
    localInfile: 'auto',
    displayUrl: 'mysql://yo@db.example/datos',
  })
})

test('every option is read, and an address in brackets', () => {
  const url =
    'mariadb://yo:x@[::1]:3307/datos?ssl=required&server_name=db.example&ca=~/ca.pem&cert=/c.pem&key=/k.pem&timeout=3&lock_wait=5&settle=7&local_infile=off'
  expect(mysqlLocation(url, HOME)).toMatchObject({
    host: '::1',
    port: 3307,
    tls: { caPath: '/home/yo/ca.pem', certPath: '/c.pem', keyPath: '/k.pem', serverName: 'db.example' },
    connectTimeoutMs: 3_000,
    lockWaitSeconds: 5,
    settleTimeoutMs: 7_000,
    localInfile: 'off',
    displayUrl: 'mysql://yo@[::1]:3307/datos',
  })
})

test('users, passwords and databases of any characters come out as they went in', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 })
  fc.assert(
    fc.property(text, text, text, (user, password, database) => {
      const [u, p, d] = [user, password, database].map(encodeURIComponent)
      expect(mysqlLocation(`mysql://${u}:${p}@h/${d}`, HOME)).toMatchObject({ user, password, database })
    }),
  )
})

test.for([
  ['mysql://yo:secreto@h/datos?sll=required', /known are ssl, ca/],
  ['mysql://yo:secreto@h/datos?ssl=yes', /one of off, required/],
  ['mysql://yo:secreto@h/datos?ca=/ca.pem', /ca needs ssl=required/],
  ['mysql://yo:secreto@127.0.0.1/datos?ssl=required', /server_name=NAME/],
  ['mysql://yo:secreto@h/datos?ssl=required&cert=/c.pem', /belong together/],
  ['mysql://yo:secreto@h/datos?ssl=required&ca=ca.pem', /absolute path/],
  ['mysql://yo:secreto@h/datos?lock_wait=0', /1 to 3600/],
  ['mysql://yo:secreto@h/datos?lock_wait=5&lock_wait=6', /more than once/],
  ['mysql://yo:secreto@h/datos?ca=', /empty/],
  ['mysql://yo:secreto@h', /database is missing/],
  ['mysql://:secreto@h/datos', /user is missing/],
  ['mysql://yo:secreto@h:0/datos', /port/],
  ['mysql://yo:sec%reto@h/datos', /percent-encoded/],
  ['mysql://yo:secreto@@h/datos', /write @ as %40/],
  ['mysql://yo:secreto@h/datos/otra', /of the form/],
] as const)('%s is refused, and the message holds no password', ([url, words]) => {
  const { code, message } = refusal(url)
  expect(code).toBe('CONFIG_INVALID')
  expect(message).toMatch(words)
  expect(message).not.toMatch(/secreto|sec%reto/)
})
