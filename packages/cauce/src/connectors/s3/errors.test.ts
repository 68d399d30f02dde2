import { expect, test } from 'vitest'
import { connectionLost, isGone, mayTryAgain, requestError, serverSilent } from './errors.ts'
import { s3Location } from './location.ts'

const place = s3Location('s3://bucket/in?endpoint=http://h:9000&access_key=AKIA1&secret_key=hush', {}, '/')

/** An answer of a server, as the driver gives it. */
function answer(name: string, status: number, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } })
}

test.each([
  ['ExpiredToken', 400, 'SOURCE_ACCESS', 'the session token has expired'],
  ['RequestTimeTooSkewed', 403, 'SOURCE_ACCESS', 'the clock of this machine'],
  ['InvalidAccessKeyId', 403, 'SOURCE_ACCESS', 'does not know the access key'],
  ['AllAccessDisabled', 403, 'SOURCE_ACCESS', 'closed or suspended'],
  ['AccessDenied', 403, 'SOURCE_ACCESS', 's3:GetObject'],
  ['Unknown', 403, 'SOURCE_ACCESS', 's3:GetObject'],
  ['NoSuchBucket', 404, 'SOURCE_MISSING', 's3://bucket/in/'],
  ['NoSuchKey', 404, 'SOURCE_CHANGED', 'it is gone'],
  ['PreconditionFailed', 412, 'SOURCE_CHANGED', 'it was replaced'],
  ['InvalidRange', 416, 'SOURCE_CHANGED', 'it is shorter'],
  ['InvalidObjectState', 403, 'FILE_UNREADABLE', 'restore it first'],
  ['PermanentRedirect', 301, 'CONFIG_INVALID', 'another region than us-east-1'],
  ['InvalidBucketName', 400, 'CONFIG_INVALID', 'no name of a bucket'],
  ['SlowDown', 503, 'SOURCE_UNREACHABLE', '503 SlowDown'],
  ['InternalError', 500, 'SOURCE_UNREACHABLE', '500 InternalError'],
])('%s (%i) is %s: %s', (name, status, code, words) => {
  expect(requestError(answer(name, status), place, 'a.csv')).toMatchObject({
    code,
    message: expect.stringContaining(words),
  })
})

test.each(['CredentialsProviderError', 'TokenProviderError'])(
  '%s, which the driver throws before anything is asked, is an access error',
  (name) => {
    const error = Object.assign(new Error('Could not load credentials from any providers'), { name })
    expect(requestError(error, place, undefined)).toMatchObject({ code: 'SOURCE_ACCESS', class: 'access' })
  },
)

test('only what a moment may mend is tried again', () => {
  const ours = (name: string, status: number): unknown => requestError(answer(name, status), place, 'a.csv')
  expect(mayTryAgain(ours('SlowDown', 503))).toBe(true)
  expect(mayTryAgain(ours('InternalError', 500))).toBe(true)
  expect(mayTryAgain(connectionLost(place, new Error('reset')))).toBe(true)
  // The driver has set its clock by the answer.
  expect(mayTryAgain(ours('RequestTimeTooSkewed', 403))).toBe(true)
  expect(mayTryAgain(ours('AccessDenied', 403))).toBe(false)
  expect(mayTryAgain(ours('NoSuchKey', 404))).toBe(false)
  expect(mayTryAgain(serverSilent(place))).toBe(false)
  expect(mayTryAgain(new TypeError('x is not a function'))).toBe(false)
})

test('gone is only the object', () => {
  expect(isGone(requestError(answer('NoSuchKey', 404), place, 'a.csv'))).toBe(true)
  expect(isGone(requestError(answer('NoSuchBucket', 404), place, 'a.csv'))).toBe(false)
  expect(isGone(requestError(answer('PreconditionFailed', 412), place, 'a.csv'))).toBe(false)
})

test('keys that a server repeats are not told on', () => {
  const said = answer('InternalError', 500, 'for AKIA1/20240101 with hush')
  const failure = requestError(said, place, undefined)
  expect(failure.message + JSON.stringify(failure.details)).not.toMatch(/AKIA1|hush/)
})

test('our own mistakes are no failure of the network', () => {
  expect(requestError(new TypeError('x is not a function'), place, undefined)).toMatchObject({ code: 'BUG' })
})
