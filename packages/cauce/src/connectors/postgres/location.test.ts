import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CauceError } from '../../model/cauce-error.ts'
import { postgresLocation } from './location.ts'

const HOME = '/home/yo'

function refusal(url: string): CauceError {
  try {
    postgresLocation(url, HOME)
  } catch (error) {
    if (error instanceof CauceError) return error
    throw error
  }
  throw new Error(`${url} was taken`)
}

test('a plain URL has the schema public, sensible waits and no TLS', () => {
  expect(postgresLocation('postgres://yo@db.example/datos', HOME)).toEqual({
    host: 'db.example',
    port: 5432,
    user: 'yo',
    password: '',
    database: 'datos',
    schema: 'public',
    tls: undefined,
    connectTimeoutMs: 10_000,
    lockWaitSeconds: 20,
    settleTimeoutMs: 60_000,
    displayUrl: 'postgres://yo@db.example/datos',
  })
})

test('every option is read, and an address in brackets', () => {
  const url =
    'postgresql://yo:x@[::1]:5433/datos?schema=a%20b&sslmode=verify-full&server_name=db.example&sslrootcert=~/ca.pem&sslcert=/c.pem&sslkey=/k.pem&timeout=3&lock_wait=5&settle=7'
  expect(postgresLocation(url, HOME)).toMatchObject({
    host: '::1',
    port: 5433,
    schema: 'a b',
    tls: {
      mode: 'verify-full',
      caPath: '/home/yo/ca.pem',
      certPath: '/c.pem',
      keyPath: '/k.pem',
      serverName: 'db.example',
    },
    connectTimeoutMs: 3_000,
    lockWaitSeconds: 5,
    settleTimeoutMs: 7_000,
    displayUrl: 'postgres://yo@[::1]:5433/datos?schema=a%20b',
  })
})

test('the folder of a socket stands in an option', () => {
  const location = postgresLocation('postgres://yo@/datos?host=/run/postgresql', HOME)
  expect(location).toMatchObject({ host: '/run/postgresql', displayUrl: 'postgres://yo@/datos' })
})

test('certificates that are named are looked at, as by other clients', () => {
  expect(postgresLocation('postgres://yo@h/datos?sslmode=require', HOME).tls?.mode).toBe('require')
  const { tls } = postgresLocation('postgres://yo@h/datos?sslmode=require&sslrootcert=/ca.pem', HOME)
  expect(tls?.mode).toBe('verify-ca')
})

test('users, passwords and databases of any characters come out as they went in', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 })
  fc.assert(
    fc.property(text, text, text, (user, password, database) => {
      const [u, p, d] = [user, password, database].map(encodeURIComponent)
      expect(postgresLocation(`postgres://${u}:${p}@h/${d}`, HOME)).toMatchObject({
        user,
        password,
        database,
      })
    }),
  )
})

test.for([
  ['postgres://yo:secreto@h/datos?sslmod=require', /known are schema, sslmode/],
  ['postgres://yo:secreto@h/datos?sslmode=prefer', /one of disable, require/],
  ['postgres://yo:secreto@h/datos?sslrootcert=/ca.pem', /needs sslmode=verify-full/],
  ['postgres://yo:secreto@h/datos?sslmode=verify-full&sslcert=/c.pem', /belong together/],
  ['postgres://yo:secreto@h/datos?sslmode=verify-full&sslrootcert=ca.pem', /absolute path/],
  ['postgres://yo:secreto@h/datos?lock_wait=0', /1 to 3600/],
  ['postgres://yo:secreto@h/datos?lock_wait=5&lock_wait=6', /more than once/],
  ['postgres://yo:secreto@h/datos?schema=', /empty/],
  ['postgres://yo:secreto@h/datos?schema=pg_toast', /schema is no name/],
  ['postgres://yo:secreto@h/datos?schema=ññññññññññññññññññññññññññññññññ', /at most 63 bytes/],
  ['postgres://yo:secreto@h', /database is missing/],
  ['postgres://yo:secreto@/datos', /host is missing/],
  ['postgres://yo:secreto@/datos?host=h', /folder of a socket/],
  ['postgres://yo:secreto@h/datos?host=/run', /given twice/],
  ['postgres://:secreto@h/datos', /user is missing/],
  ['postgres://yo:secreto@h:0/datos', /port/],
  ['postgres://yo:sec%reto@h/datos', /percent-encoded/],
  ['postgres://yo:secreto@@h/datos', /write @ as %40/],
  ['postgres://yo:secreto@h/datos/otra', /of the form/],
] as const)('%s is refused, and the message holds no password', ([url, words]) => {
  const { code, message } = refusal(url)
  expect(code).toBe('CONFIG_INVALID')
  expect(message).toMatch(words)
  expect(message).not.toMatch(/secreto|sec%reto/)
})
