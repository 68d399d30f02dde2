import { expect, test } from 'vitest'
import { CauceError } from '../model/cauce-error.ts'
import { connectionLost, mayTryAgain, serverSilent } from './sftp/errors.ts'
import { tryAgain } from './try-again.ts'

const place = { displayUrl: 'sftp://me@host/a', timeoutMs: 1_000 }
const lost = (): CauceError => connectionLost(place, new Error('gone'))

/** Work that fails with these errors in turn and then succeeds; the pauses taken are kept. */
function failing(...errors: readonly Error[]): {
  run: () => Promise<number>
  pauses: number[]
  tries: () => number
} {
  const pauses: number[] = []
  let tries = 0
  const clock = { now: () => 0, sleep: async (ms: number) => void pauses.push(ms) }
  const work = async (): Promise<number> => {
    const error = errors[tries++]
    if (error !== undefined) throw error
    return tries
  }
  const policy = { clock, random: () => 0.5, signal: new AbortController().signal, mayTryAgain }
  return { run: async () => tryAgain(work, policy), pauses, tries: () => tries }
}

test('a broken connection is tried three times, with pauses that double', async () => {
  const twice = failing(lost(), lost())
  expect(await twice.run()).toBe(3)
  expect(twice.pauses).toEqual([500, 1_000])
  const always = failing(lost(), lost(), lost(), lost())
  await expect(always.run()).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' })
  expect(always.tries()).toBe(3)
})

test.each([
  ['silence, which already took the declared time', serverSilent(place)],
  ['a refusal', new CauceError('SOURCE_ACCESS', { url: '', detail: '' })],
  ['a change', new CauceError('SOURCE_CHANGED', { file: '', detail: '' })],
  ['a mistake of ours', new TypeError('undefined is not a function')],
])('%s is not tried again', async (_, error) => {
  const once = failing(error)
  await expect(once.run()).rejects.toBe(error)
  expect(once.tries()).toBe(1)
})
