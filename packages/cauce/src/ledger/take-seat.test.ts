import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freeSeat } from './free-seat.ts'
import { elsewhere, LEASE_MS, scratchLedger, self } from './scratch-ledger.test-kit.ts'
import { seatUsage } from './seat-usage.ts'
import { takeSeat, type TakeSeatRequest } from './take-seat.ts'

async function seats() {
  const { ledger } = await scratchLedger()
  let tokens = 0
  const take = async (request: Partial<TakeSeatRequest> = {}) => {
    const token = request.token ?? `t${++tokens}`
    const common = { resource: 'db', limit: 2, owner: self, leaseMs: LEASE_MS, nowMs: 2000 }
    const seat = await takeSeat(ledger, { ...common, token, ...request })
    return seat === undefined ? undefined : { resource: request.resource ?? 'db', token, number: seat.number }
  }
  return { ledger, take }
}

test('each seat is given once, of each resource as many as its limit, and again when it is freed', async () => {
  const { ledger, take } = await seats()
  const [first, second, none] = [await take(), await take({ owner: elsewhere, itemId: 7 }), await take()]
  expect([first?.number, second?.number, none]).toEqual([1, 2, undefined])
  expect(await take({ resource: 'other' })).toMatchObject({ number: 1 })
  expect(await seatUsage(ledger)).toEqual([
    { resource: 'db', held: 2, limit: 2 },
    { resource: 'other', held: 1, limit: 2 },
  ])
  if (first === undefined) throw new Error('no seat')
  expect(await freeSeat(ledger, { ...first, token: 'wrong' })).toBe(false)
  expect(await freeSeat(ledger, first)).toBe(true)
  expect(await freeSeat(ledger, first)).toBe(false)
  expect(await take()).toMatchObject({ number: 1 })
})

test('whoever asks again with the same token has the same seat, so a lost answer costs none', async () => {
  const { ledger, take } = await seats()
  expect(await take({ token: 'x' })).toMatchObject({ number: 1 })
  expect(await take({ token: 'x' })).toMatchObject({ number: 1 })
  expect(await seatUsage(ledger)).toMatchObject([{ held: 1 }])
})

test('a seat whose lease ran out is given to another, and not before', async () => {
  const { take } = await seats()
  await take()
  await take({ nowMs: 3000 })
  expect(await take({ nowMs: 2000 + LEASE_MS })).toBeUndefined()
  expect(await take({ nowMs: 2001 + LEASE_MS })).toMatchObject({ number: 1 })
  expect(await take({ nowMs: 2001 + LEASE_MS })).toBeUndefined()
})

test('a raised limit gives more seats; a lowered one gives none until enough were freed', async () => {
  const { ledger, take } = await seats()
  const held = [await take(), await take(), await take({ limit: 4 }), await take({ limit: 4 })]
  expect(held.map((seat) => seat?.number)).toEqual([1, 2, 3, 4])
  const free = async (place: number) => {
    const seat = held[place]
    if (seat !== undefined) await freeSeat(ledger, seat)
  }
  await free(0)
  await free(3)
  expect(await take()).toBeUndefined()
  await free(1)
  expect(await take()).toMatchObject({ number: 1 })
  expect(await take()).toBeUndefined()
  await free(2)
  expect(await take()).toMatchObject({ number: 2 })
  expect(await seatUsage(ledger)).toEqual([{ resource: 'db', held: 2, limit: 2 }])
})

test('whatever is asked, freed and waited for, no more are held than the limit, and none is lost', async () => {
  const { ledger, take } = await seats()
  const step = fc.oneof(
    fc.record({ op: fc.constant('take' as const), limit: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ op: fc.constant('free' as const), which: fc.nat({ max: 5 }) }),
    fc.record({ op: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: LEASE_MS }) }),
  )
  const holds = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
    await ledger.db.deleteFrom('seat').execute()
    let nowMs = 2000
    let held: { resource: string; number: number; token: string; untilMs: number }[] = []
    for (const next of steps) {
      held = held.filter(({ untilMs }) => untilMs >= nowMs)
      const seat = next.op === 'take' ? await take({ limit: next.limit, nowMs }) : undefined
      const [freed] = next.op === 'free' ? held.splice(next.which, 1) : []
      const isFreed = freed !== undefined && (await freeSeat(ledger, freed))
      expect([seat !== undefined, isFreed]).toEqual([
        next.op === 'take' && held.length < next.limit,
        freed !== undefined,
      ])
      if (seat !== undefined) held.push({ ...seat, untilMs: nowMs + LEASE_MS })
      if (next.op === 'wait') nowMs += next.ms
    }
  })
  await expect(fc.assert(holds, { numRuns: 40 })).resolves.toBeUndefined()
})
