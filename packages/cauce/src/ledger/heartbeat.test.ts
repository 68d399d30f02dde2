import { expect, test } from 'vitest'
import { findItem } from './find-item.ts'
import { heartbeat } from './heartbeat.ts'
import { itemHistory } from './item-history.ts'
import { listItems } from './list-items.ts'
import { elsewhere, LEASE_MS, scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import { takeSeat } from './take-seat.ts'

test('the leases named are renewed and no others, and what was lost is told', async () => {
  const { ledger, hold, claim } = await scratchLedger()
  const a = await hold('a')
  const b = await hold('b')
  const c = await hold('c')
  await claim({ owner: elsewhere, nowMs: 20_000, limit: 1 })
  const { lost } = await heartbeat(ledger, {
    items: [a, b, { id: 999, epoch: 1 }],
    leaseMs: LEASE_MS,
    nowMs: 21_000,
  })
  expect(lost).toEqual([a.id, 999])
  const leases = new Map((await listItems(ledger)).map(({ id, leaseUntilMs }) => [id, leaseUntilMs]))
  // b's lease had run out too, but nobody had taken it.
  expect(leases.get(b.id)).toBe(21_000 + LEASE_MS)
  expect(leases.get(a.id)).toBe(20_000 + LEASE_MS)
  expect(leases.get(c.id)).toBe(2000 + LEASE_MS)
})

test('stages and progress are written; saying the same again changes nothing', async () => {
  const { ledger, hold } = await scratchLedger()
  const held = await hold()
  const stages = [
    { state: 'transforming', atMs: 2100 },
    { state: 'loading', atMs: 2200 },
  ] as const
  const beat = async (progress: object) =>
    heartbeat(ledger, { items: [{ ...held, ...progress }], leaseMs: LEASE_MS, nowMs: 2300 })
  await beat({ stages: stages.slice(0, 1), progressBytes: 10 })
  expect(await findItem(ledger, held)).toMatchObject({ state: 'transforming', progressBytes: 10 })
  await beat({ stages, sha256: 'abc', loadKey: 'key', progressRows: 5 })
  await beat({ stages })
  expect(await findItem(ledger, held)).toMatchObject({
    state: 'loading',
    sha256: 'abc',
    loadKey: 'key',
    progressRows: 5,
  })
  await settleItem(ledger, { ...held, state: 'ready', stages, nowMs: 2400 })
  const { transitions } = await itemHistory(ledger, held.id)
  expect(transitions.map(({ fromState, toState, atMs }) => [fromState, toState, atMs])).toEqual([
    [null, 'pending', 1000],
    ['pending', 'extracting', 2000],
    ['extracting', 'transforming', 2100],
    ['transforming', 'loading', 2200],
    ['loading', 'ready', 2400],
  ])
  expect(await findItem(ledger, { loadKey: 'key' })).toMatchObject({ id: held.id, progressRows: null })
})

test('of nothing it does nothing', async () => {
  const { ledger } = await scratchLedger()
  expect(await heartbeat(ledger, { items: [], leaseMs: 1, nowMs: 1 })).toEqual({
    lost: [],
    cancelled: [],
    lostSeats: [],
  })
})

test('the seats named are renewed as long as nobody else sits there, and those lost are told', async () => {
  const { ledger } = await scratchLedger()
  const take = async (token: string, nowMs: number) =>
    takeSeat(ledger, { resource: 'db', limit: 2, owner: elsewhere, token, leaseMs: LEASE_MS, nowMs })
  const seat = (number: number, token: string) => ({ resource: 'db', number, token })
  await take('a', 1000)
  await take('b', 1000)
  await take('c', 1001 + LEASE_MS)
  const nowMs = 2000 + LEASE_MS
  const seats = [seat(2, 'b'), seat(1, 'a'), seat(1, 'c')]
  const answer = await heartbeat(ledger, { items: [], seats, leaseMs: LEASE_MS, nowMs })
  expect(answer).toEqual({ lost: [], cancelled: [], lostSeats: [seat(1, 'a')] })
  expect(await take('d', nowMs + LEASE_MS)).toBeUndefined()
  expect(await take('d', nowMs + LEASE_MS + 1)).toEqual({ number: 1 })
})
