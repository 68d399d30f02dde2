import { expect, test } from 'vitest'
import { listFirings } from './list-firings.ts'
import { requestFiring } from './request-firing.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'

const asked = { pipeline: 'visits', rhythm: 'run', by: 'ana' } as const

test('the same token is the same firing, however often it is asked for', async () => {
  const { ledger } = await scratchLedger()
  const options = { priority: 5 }
  const [first, ...others] = await Promise.all(
    [1, 2, 3].map((nowMs) => requestFiring(ledger, { ...asked, token: 'x', options, nowMs })),
  )
  expect(first).toMatchObject({ cause: 'manual', state: 'waiting', requestedBy: 'ana' })
  expect(first?.options).toBe('{"priority":5}')
  expect(others).toEqual([first, first])
})

test('without a token each request is another, and so is the same token elsewhere', async () => {
  const { ledger } = await scratchLedger()
  await requestFiring(ledger, { ...asked, nowMs: 1 })
  await requestFiring(ledger, { ...asked, nowMs: 1 })
  await requestFiring(ledger, { ...asked, token: 'x', nowMs: 1 })
  await requestFiring(ledger, { ...asked, token: 'x', rhythm: 'discover', nowMs: 1 })
  await requestFiring(ledger, { ...asked, token: 'x', pipeline: 'orders', nowMs: 1 })
  expect(await listFirings(ledger, { pipeline: 'visits' })).toHaveLength(4)
  const [newest] = await listFirings(ledger, { limit: 1 })
  expect(newest).toMatchObject({ pipeline: 'orders' })
  expect(await listFirings(ledger, { id: newest?.id ?? 0 })).toEqual([newest])
  expect(await listFirings(ledger, { states: [] })).toEqual([])
})
