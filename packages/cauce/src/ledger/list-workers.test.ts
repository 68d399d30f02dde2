import { expect, test } from 'vitest'
import { beatWorker } from './beat-worker.ts'
import { endWorker } from './end-worker.ts'
import { listWorkers } from './list-workers.ts'
import { registerWorker } from './register-worker.ts'
import { LEASE_MS, scratchLedger, self } from './scratch-ledger.test-kit.ts'

test('processes tell that they live, stop and end; those silent for three leases are lost, and may come back', async () => {
  const { ledger } = await scratchLedger()
  const common = { owner: self, roles: 'dispatcher+worker', jobs: 2, cauceVersion: '0.2.0' }
  const register = async (id: string, nowMs: number) => registerWorker(ledger, { id, ...common, nowMs })
  expect(await register('a', 1000)).toEqual({
    id: 'a',
    host: self.host,
    pid: self.pid,
    processStart: self.start,
    roles: 'dispatcher+worker',
    jobs: 2,
    cauceVersion: '0.2.0',
    state: 'working',
    startedMs: 1000,
    beatMs: 1000,
    endedMs: null,
    homeId: null,
    pipelines: null,
  })
  await register('b', 1500)
  expect(await beatWorker(ledger, { id: 'b', state: 'stopping', nowMs: 2000 })).toBe(true)
  expect(await beatWorker(ledger, { id: 'nobody', state: 'working', nowMs: 2000 })).toBe(false)
  const states = async (nowMs: number, leaseMs?: number) =>
    (await listWorkers(ledger, { nowMs, leaseMs })).map(({ id, state, endedMs }) => [id, state, endedMs])
  const late = 1000 + 3 * LEASE_MS
  const alive = [
    ['b', 'stopping', null],
    ['a', 'working', null],
  ]
  expect(await states(late, LEASE_MS)).toEqual(alive)
  expect(await states(late + 1)).toEqual(alive)
  expect(await states(late + 1, LEASE_MS)).toEqual([
    ['b', 'stopping', null],
    ['a', 'lost', late + 1],
  ])
  expect(await beatWorker(ledger, { id: 'a', state: 'working', nowMs: late + 2 })).toBe(true)
  await endWorker(ledger, { id: 'b', nowMs: late + 2 })
  expect(await beatWorker(ledger, { id: 'b', state: 'working', nowMs: late + 3 })).toBe(false)
  expect(await states(late + 3, LEASE_MS)).toEqual([
    ['b', 'ended', late + 2],
    ['a', 'working', null],
  ])
  await register('b', late + 4)
  expect(await states(late + 4)).toContainEqual(['b', 'working', null])
})
