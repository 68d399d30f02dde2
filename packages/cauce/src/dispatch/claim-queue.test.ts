import { describe, expect, test } from 'vitest'
import { systemClock } from '../model/clock.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { ClaimQueue } from './claim-queue.ts'

function items(...ids: number[]): ItemRow[] {
  return ids.map((id) => ({ id }) as ItemRow)
}

function queueOver(stock: ItemRow[]) {
  const asked: number[] = []
  const stop = new AbortController()
  const queue = new ClaimQueue({
    clock: systemClock,
    signal: stop.signal,
    claim: async (limit) => {
      asked.push(limit)
      return stock.splice(0, limit)
    },
  })
  return { queue, asked, stop, running: queue.run() }
}

describe('a queue of claims', () => {
  test('claims for those who wait and for nobody else', async () => {
    const { queue, asked, stop, running } = queueOver(items(1, 2, 3))
    const [one, other] = await Promise.all([queue.next(), queue.next()])
    expect([one?.id, other?.id]).toEqual([1, 2])
    expect(asked.reduce((sum, limit) => sum + limit, 0)).toBeLessThanOrEqual(3)
    expect((await queue.next())?.id).toBe(3)
    stop.abort()
    await running
  })

  test('finds new work at once when it is woken', async () => {
    const stock: ItemRow[] = []
    const { queue, stop, running } = queueOver(stock)
    const next = queue.next()
    await new Promise((resolve) => setTimeout(resolve, 20))
    stock.push(...items(7))
    const begin = performance.now()
    queue.wake()
    expect((await next)?.id).toBe(7)
    expect(performance.now() - begin).toBeLessThan(500)
    stop.abort()
    await running
  })

  test('once stopped gives nothing, also to those who waited', async () => {
    const { queue, stop, running } = queueOver([])
    const waiting = queue.next()
    stop.abort()
    await running
    expect(await waiting).toBeUndefined()
    expect(await queue.next()).toBeUndefined()
  })

  test('that cannot claim says so, and nobody waits for ever', async () => {
    const queue = new ClaimQueue({
      clock: systemClock,
      signal: new AbortController().signal,
      claim: () => Promise.reject(new Error('no ledger')),
    })
    const running = queue.run()
    running.catch(() => undefined)
    expect(await queue.next()).toBeUndefined()
    await expect(running).rejects.toThrow('no ledger')
  })
})
