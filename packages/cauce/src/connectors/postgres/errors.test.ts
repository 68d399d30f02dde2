import { expect, test } from 'vitest'
import { CauceError } from '../../model/cauce-error.ts'
import { isLockConflict, toPostgresError } from './errors.ts'

const place = { displayUrl: 'postgres://yo@h/datos' }

function serverError(code: string, message = 'something', more: Record<string, string> = {}): Error {
  return Object.assign(new Error(message), { code, severity: 'ERROR', ...more })
}

test.for([
  ['28P01', 'DESTINATION_ACCESS'],
  ['28000', 'DESTINATION_ACCESS'],
  ['42501', 'DESTINATION_ACCESS'],
  ['25006', 'DESTINATION_ACCESS'],
  ['08006', 'DESTINATION_UNREACHABLE'],
  ['57P01', 'DESTINATION_UNREACHABLE'],
  ['57P03', 'DESTINATION_UNREACHABLE'],
  ['53300', 'DESTINATION_UNREACHABLE'],
  ['25P03', 'DESTINATION_UNREACHABLE'],
  ['55P03', 'DESTINATION_BUSY'],
  ['40P01', 'DESTINATION_BUSY'],
  ['40001', 'DESTINATION_BUSY'],
  ['3D000', 'CONFIG_INVALID'],
  ['53100', 'DESTINATION_FAILED'],
  ['57014', 'DESTINATION_FAILED'],
  ['42601', 'DESTINATION_FAILED'],
] as const)('SQLSTATE %s is %s, also where it speaks of a table', ([state, code]) => {
  expect(toPostgresError(serverError(state), place).code).toBe(code)
  expect(toPostgresError(serverError(state), { ...place, table: 'filas' }).code).toBe(code)
})

test('a replica that is asked to write is one that only answers questions', () => {
  const error = serverError('0A000', 'cannot set transaction read-write mode during recovery')
  expect(toPostgresError(error, place)).toMatchObject({
    code: 'DESTINATION_ACCESS',
    message: expect.stringContaining('replica'),
  })
})

test.for(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EPIPE'])(
  '%s of the network is DESTINATION_UNREACHABLE',
  (code) => {
    expect(toPostgresError(Object.assign(new Error(code), { code }), place).code).toBe(
      'DESTINATION_UNREACHABLE',
    )
  },
)

test('what the driver says without a code of a connection that is gone is the network', () => {
  for (const words of ['Connection terminated unexpectedly', 'timeout expired'])
    expect(toPostgresError(new Error(words), place).code).toBe('DESTINATION_UNREACHABLE')
})

test('a certificate that is not trusted, or a server without TLS, is a matter of access, not of the network', () => {
  for (const code of ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'])
    expect(toPostgresError(Object.assign(new Error('no'), { code }), place).code, code).toBe(
      'DESTINATION_ACCESS',
    )
  expect(toPostgresError(new Error('The server does not support SSL connections'), place).code).toBe(
    'DESTINATION_ACCESS',
  )
})

test('an error about a row tells column, line and reason, never the value', () => {
  const error = toPostgresError(
    serverError('22P02', 'invalid input syntax for type integer: "secreto"', {
      where: 'COPY filas, line 3, column edad: "secreto, column nombre: "',
    }),
    { ...place, table: 'filas', columns: ['nombre', 'edad'] },
  )
  expect(error.code).toBe('DESTINATION_REFUSED_ROWS')
  expect(error.cause).toBeUndefined()
  expect(error.message).toContain('column edad, staged line 3: not a value of the column type')
  const key = toPostgresError(
    serverError('23505', 'duplicate key', { constraint: 'filas_key', detail: 'Key (a)=(secreto) already' }),
    { ...place, table: 'filas' },
  )
  expect(key.message).toContain('(constraint filas_key)')
  expect(JSON.stringify([error.message, error.details, key.message, key.details])).not.toContain('secreto')
})

test('an error about a column of a table is one of shape, and names the column', () => {
  const error = toPostgresError(serverError('42703', 'column "edad" does not exist'), {
    ...place,
    table: 'filas',
  })
  expect(error).toMatchObject({ code: 'DESTINATION_SHAPE', details: { table: 'filas' } })
  expect(error.message).toContain('"edad"')
})

test('what the server quotes in errors we do not know is left out', () => {
  const error = toPostgresError(serverError('XX000', 'could not read "secreto" of it'), place)
  expect(error.message).toContain('XX000')
  expect(error.message).not.toContain('secreto')
})

test("a full disk of the server is the server's, not the spool's", () => {
  expect(toPostgresError(serverError('53100', 'could not extend file'), place)).toMatchObject({
    code: 'DESTINATION_FAILED',
    message: expect.stringContaining('no room left'),
  })
  const ours = Object.assign(new Error('full'), { code: 'ENOSPC' })
  expect(toPostgresError(ours, place).code).toBe('DISK_FULL')
})

test('errors of ours stay what they are, and mistakes of ours are bugs', () => {
  const ours = new CauceError('DISK_FULL', { path: '/x' })
  expect(toPostgresError(ours, place)).toBe(ours)
  expect(toPostgresError(new TypeError('x is undefined'), place).code).toBe('BUG')
})

test('a lock conflict is known also behind our own error', () => {
  const deadlock = serverError('40P01')
  expect(isLockConflict(deadlock)).toBe(true)
  expect(isLockConflict(toPostgresError(deadlock, place))).toBe(true)
  expect(isLockConflict(serverError('28P01'))).toBe(false)
})
