import { expect, test } from 'vitest'
import { scratchLedger, self } from '../ledger/scratch-ledger.test-kit.ts'
import type { Clock } from '../model/clock.ts'
import { SeatKeeper } from './seat-keeper.ts'

const seat = { resource: 'mysql://db', limit: 2, isShared: true }

/** Stands still: whoever sleeps by it sleeps until woken. */
function standingClock(): Clock & { readonly asleep: Set<number> } {
  const asleep = new Set<number>()
  return {
    asleep,
    now: () => 1_000,
    sleep: async (ms, signal) =>
      new Promise((_, reject) => {
        asleep.add(ms)
        signal?.addEventListener('abort', () => {
          asleep.delete(ms)
          reject(new Error('woken'))
        })
      }),
  }
}

test('whoever gave back the last seat waits for no further beat', async () => {
  const { ledger } = await scratchLedger()
  const clock = standingClock()
  const keeper = new SeatKeeper(ledger, self, clock)
  const [one, other] = await Promise.all([
    keeper.take(seat, AbortSignal.timeout(5_000)),
    keeper.take(seat, AbortSignal.timeout(5_000)),
  ])
  expect(clock.asleep.size).toBe(1)
  one()
  expect(clock.asleep.size).toBe(1)
  other()
  expect(clock.asleep.size).toBe(0)
  const again = await keeper.take(seat, AbortSignal.timeout(5_000))
  expect(clock.asleep.size).toBe(1)
  again()
  expect(clock.asleep.size).toBe(0)
})
