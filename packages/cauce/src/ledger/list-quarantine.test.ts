import { expect, test } from 'vitest'
import type { ItemState } from '../model/item-state.ts'
import { discardItem } from './discard-item.ts'
import { itemHistory } from './item-history.ts'
import { SETTLED_STATES } from './item-transitions.ts'
import { listQuarantine } from './list-quarantine.ts'
import { markQuarantined } from './mark-quarantined.ts'
import { retryItem } from './retry-item.ts'
import { scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'

const WAITING: readonly ItemState[] = ['failed_layout', 'failed_system', 'refused']

async function oneOfEach() {
  const { ledger, hold } = await scratchLedger()
  const ids = new Map<ItemState, number>()
  const error = { code: 'DISK_FULL', class: 'system', details: { path: '/x' } } as const
  for (const state of SETTLED_STATES) {
    const held = await hold(state)
    await settleItem(ledger, { ...held, state, error, nowMs: 3000 })
    ids.set(state, held.id)
  }
  return { ledger, ids }
}

test('what failed or was refused waits with its folder, and nothing else', async () => {
  const { ledger, ids } = await oneOfEach()
  for (const [state, id] of ids) {
    const marked = await markQuarantined(ledger, { id, folder: `/q/${state}`, nowMs: 4000 })
    expect(marked !== undefined).toBe(WAITING.includes(state))
  }
  const waiting = await listQuarantine(ledger, { pipeline: 'visits' })
  expect(waiting.map(({ state, quarantine, quarantinedMs }) => [state, quarantine, quarantinedMs])).toEqual(
    WAITING.toReversed().map((state) => [state, `/q/${state}`, 4000]),
  )
  expect(await listQuarantine(ledger)).toHaveLength(3)
  expect(await listQuarantine(ledger, { pipeline: 'other' })).toEqual([])
})

test('a person discards it: cancelled, with its story, and it may still be retried', async () => {
  const { ledger, ids } = await oneOfEach()
  for (const [state, id] of ids) {
    const discarded = await discardItem(ledger, { id, by: 'ana', reason: 'sent twice', nowMs: 4000 })
    expect(discarded?.state).toBe(WAITING.includes(state) ? 'cancelled' : undefined)
  }
  expect(await listQuarantine(ledger)).toEqual([])
  const id = ids.get('failed_layout') ?? 0
  expect((await itemHistory(ledger, id)).transitions.at(-1)).toMatchObject({
    fromState: 'failed_layout',
    toState: 'cancelled',
    worker: 'ana',
    reason: 'sent twice',
  })
  const again = await retryItem(ledger, { id, by: 'ana', reason: 'r', nowMs: 5000 })
  expect(again).toMatchObject({ state: 'pending', errorCode: 'DISK_FULL' })
})
