import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CauceError } from '../model/cauce-error.ts'
import { postgresLocation } from './postgres-location.ts'

test.each([
  ['postgres://ana:pw@db.example/ops', 'cauce', 'postgres://ana@db.example/ops'],
  ['postgresql://ana:pw@db.example:5432/ops?schema=cauce', 'cauce', 'postgres://ana@db.example/ops'],
  [
    'postgres://ana@db.example:6432/ops?schema=r%C3%ADo',
    'río',
    'postgres://ana@db.example:6432/ops?schema=r%C3%ADo',
  ],
  ['postgres://[::1]:6432/ops', 'cauce', 'postgres://[::1]:6432/ops'],
  ['postgres:///ops?host=/run/postgresql', 'cauce', 'postgres:///ops'],
])('%s', (url, schema, displayUrl) => {
  expect(postgresLocation(url)).toMatchObject({ schema, displayUrl })
})

test('options that are not ours go to the driver', () => {
  const url = 'postgres://ana:pw@db/ops?sslmode=verify-full&schema=x&sslrootcert=/etc/ca.pem'
  const { connectionString } = postgresLocation(url)
  expect(connectionString).toBe('postgres://ana:pw@db/ops?sslmode=verify-full&sslrootcert=/etc/ca.pem')
  expect(postgresLocation('postgres://ana:pw@db/ops?schema=x').connectionString).toBe(
    'postgres://ana:pw@db/ops',
  )
})

test.each([
  'postgres://db.example',
  'postgres://db.example/',
  'postgres://ana:se/cret@db/ops',
  'postgres://ana:secret@db:port/ops',
  'postgres://ana:secret@db:99999/ops',
  'postgres://ana:secret%@db/ops',
  'postgres://ana:secret@db/ops#secret',
  'postgres://ana:secret@db/ops?schema=',
  'postgres://ana:secret@db/ops?schema=%E0%A4',
  'postgres://ana:secret@db/ops?schema=pg_catalog',
  'postgres://ana:secret@db/ops?schema=a%00',
  `postgres://ana:secret@db/ops?schema=${'ñ'.repeat(32)}`,
  'postgres://ana:secret@db/ops?schema=a&schema=b',
])('%j is refused, and nothing secret is said', (url) => {
  const refused = complaintOf(url)
  expect(refused).toMatchObject({ code: 'CONFIG_INVALID', details: { where: 'ledger' } })
  expect(JSON.stringify([refused.message, refused.details, refused.textIn('es')])).not.toMatch(
    /secret|se\/cret/,
  )
})

test('whatever the password, it is not shown', () => {
  const secrets = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 20 })
  const holds = fc.property(secrets, fc.boolean(), (secret, encoded) => {
    const url = `postgres://ana:${encoded ? encodeURIComponent(secret) : secret}@db/ops`
    const shown = attempt(url)
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(encodeURIComponent(secret))
  })
  expect(fc.assert(holds)).toBeUndefined()
})

function attempt(url: string): string {
  try {
    return postgresLocation(url).displayUrl
  } catch (error) {
    return error instanceof CauceError ? error.message + error.textIn('es') : String(error)
  }
}

function complaintOf(url: string): CauceError {
  try {
    postgresLocation(url)
  } catch (error) {
    if (error instanceof CauceError) return error
  }
  throw new Error(`${url} was taken`)
}
