import { expect, test } from 'vitest'
import { CauceError } from '../../model/cauce-error.ts'
import { isLockConflict, toMysqlError } from './errors.ts'

const place = { displayUrl: 'mysql://yo@h/datos' }

function driverError(errno: number, message: string, code = 'ER_SOMETHING'): Error {
  return Object.assign(new Error(message), { errno, code })
}

test.for([
  [1045, 'DESTINATION_ACCESS'],
  [1142, 'DESTINATION_ACCESS'],
  [1290, 'DESTINATION_ACCESS'],
  [1040, 'DESTINATION_UNREACHABLE'],
  [1053, 'DESTINATION_UNREACHABLE'],
  [1205, 'DESTINATION_BUSY'],
  [1213, 'DESTINATION_BUSY'],
  [1049, 'CONFIG_INVALID'],
  [1665, 'CONFIG_INVALID'],
  [3750, 'CONFIG_INVALID'],
  [1114, 'DESTINATION_FAILED'],
  [1064, 'DESTINATION_FAILED'],
] as const)('error %i of the server is %s', ([errno, code]) => {
  expect(toMysqlError(driverError(errno, 'something'), place).code).toBe(code)
})

test.for(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'PROTOCOL_CONNECTION_LOST', 'ENOTFOUND'])(
  '%s of the network is DESTINATION_UNREACHABLE',
  (code) => {
    const error = Object.assign(new Error(code), { code, errno: -104, fatal: true })
    expect(toMysqlError(error, place).code).toBe('DESTINATION_UNREACHABLE')
  },
)

test('a certificate that is not trusted is a matter of access, not of the network', () => {
  for (const code of [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'HANDSHAKE_NO_SSL_SUPPORT',
  ]) {
    const error = Object.assign(new Error('no'), { code, fatal: true })
    expect(toMysqlError(error, place).code, code).toBe('DESTINATION_ACCESS')
  }
})

test.for([
  [1062, "Duplicate entry 'secreto' for key 'PRIMARY'"],
  [1366, "Incorrect integer value: 'secreto' for column `datos`.`filas`.`n` at row 3"],
  [1406, "Data too long for column 'a' at row 1"],
] as const)('error %i about a row tells column and reason, never the value', ([errno, message]) => {
  const error = toMysqlError(driverError(errno, message), { ...place, table: 'filas' })
  expect(error.code).toBe('DESTINATION_REFUSED_ROWS')
  expect(error.cause).toBeUndefined()
  expect(JSON.stringify([error.message, error.details])).not.toContain('secreto')
})

test('an error about a column of a table is one of shape, and names the column', () => {
  const error = toMysqlError(driverError(1054, "Unknown column 'edad' in 'field list'"), {
    ...place,
    table: 'filas',
  })
  expect(error).toMatchObject({ code: 'DESTINATION_SHAPE', details: { table: 'filas' } })
  expect(error.message).toContain("'edad'")
})

test('what the server quotes in errors we do not know is left out', () => {
  const error = toMysqlError(driverError(1064, "You have an error near 'INSERT secreto' at line 1"), place)
  expect(error.message).toContain('1064')
  expect(error.message).not.toContain('secreto')
})

test("a full disk of the server is the server's, not the spool's", () => {
  for (const error of [
    driverError(1021, 'Disk got full writing (Errcode: 28 "No space left on device")'),
    driverError(1030, 'Got error 28 "No space left on device" from storage engine InnoDB'),
  ])
    expect(toMysqlError(error, place)).toMatchObject({
      code: 'DESTINATION_FAILED',
      message: expect.stringContaining('no room left'),
    })
})

test('errors of ours stay what they are, and mistakes of ours are bugs', () => {
  const ours = new CauceError('DISK_FULL', { path: '/x' })
  expect(toMysqlError(ours, place)).toBe(ours)
  expect(toMysqlError(new TypeError('x is undefined'), place).code).toBe('BUG')
  expect(toMysqlError(Object.assign(new Error('full'), { code: 'ENOSPC' }), place).code).toBe('DISK_FULL')
})

test('a lock conflict is known also behind our own error', () => {
  const deadlock = driverError(1213, 'Deadlock found')
  expect(isLockConflict(deadlock)).toBe(true)
  expect(isLockConflict(toMysqlError(deadlock, place))).toBe(true)
  expect(isLockConflict(driverError(1045, 'denied'))).toBe(false)
})
