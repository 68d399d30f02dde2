import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retryPauseMs } from './retry-pause.ts'

const retry = { attempts: 3, delayMs: 10_000 }
const gone = { class: 'system', code: 'DESTINATION_UNREACHABLE' } as const

describe('the pause before the whole item is tried again', () => {
  test('grows fourfold, give or take a quarter', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (id) => {
        const first = retryPauseMs(retry, { id, roundAttempts: 1 }, gone) ?? 0
        const second = retryPauseMs(retry, { id, roundAttempts: 2 }, gone) ?? 0
        expect(first).toBeGreaterThanOrEqual(7_500)
        expect(first).toBeLessThanOrEqual(12_500)
        expect(second).toBeGreaterThanOrEqual(30_000)
        expect(second).toBeLessThanOrEqual(50_000)
      }),
    )
  })

  test('differs from item to item', () => {
    const pauses = Array.from({ length: 100 }, (_, id) => retryPauseMs(retry, { id, roundAttempts: 1 }, gone))
    expect(new Set(pauses).size).toBeGreaterThan(90)
  })

  test('is none when the tries are used up', () => {
    expect(retryPauseMs(retry, { id: 1, roundAttempts: 3 }, gone)).toBeUndefined()
    expect(retryPauseMs({ ...retry, attempts: 1 }, { id: 1, roundAttempts: 1 }, gone)).toBeUndefined()
  })

  test.each([
    { class: 'layout', code: 'LAYOUT_COLUMNS' },
    { class: 'access', code: 'DESTINATION_ACCESS' },
    { class: 'config', code: 'CONFIG_INVALID' },
    { class: 'bug', code: 'BUG' },
    { class: 'system', code: 'SOURCE_VANISHED' },
  ] as const)('is none for $code: trying again would change nothing', (error) => {
    expect(retryPauseMs(retry, { id: 1, roundAttempts: 1 }, error)).toBeUndefined()
  })
})
