import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Seats } from './seats.ts'

test('never more seats are taken than there are, and everybody gets one in turn', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 40 }),
      async (total, guests) => {
        const seats = new Seats(total)
        let taken = 0
        let most = 0
        const order: number[] = []
        await Promise.all(
          Array.from({ length: guests }, async (_, guest) => {
            const giveBack = await seats.take()
            order.push(guest)
            taken++
            most = Math.max(most, taken)
            await new Promise(setImmediate)
            taken--
            giveBack()
            giveBack()
          }),
        )
        expect(most).toBeLessThanOrEqual(total)
        expect(order).toEqual(order.toSorted((a, b) => a - b))
        expect(order).toHaveLength(guests)
      },
    ),
  )
})
