import { expect, test } from 'vitest'
import { ITEM_STATES, type ItemState } from '../model/item-state.ts'
import { findItem } from './find-item.ts'
import { handBack } from './hand-back.ts'
import { heartbeat } from './heartbeat.ts'
import { itemHistory } from './item-history.ts'
import { retryItem } from './retry-item.ts'
import { type ScratchLedger, scratchLedger } from './scratch-ledger.test-kit.ts'
import { settleItem } from './settle-item.ts'
import type { ItemRow } from './tables.ts'

const RETRYABLE: readonly ItemState[] = ['failed_layout', 'failed_system', 'refused', 'cancelled']

async function itemThatIs(state: ItemState, { ledger, hold }: ScratchLedger): Promise<ItemRow> {
  const held = await hold()
  if (state === 'pending') await handBack(ledger, { ...held, reason: 'r', tryUsed: true, nowMs: 3000 })
  else if (state === 'transforming' || state === 'loading')
    await heartbeat(ledger, { items: [{ ...held, stages: [{ state, atMs: 1 }] }], leaseMs: 1, nowMs: 1 })
  else if (state !== 'extracting') await settleItem(ledger, { ...held, state, nowMs: 3000 })
  const item = await findItem(ledger, held)
  if (item?.state !== state) throw new Error(`not ${state}`)
  return item
}

test.each(RETRYABLE)('a person sends back an item that is %s, with a new round of tries', async (state) => {
  const scratch = await scratchLedger()
  const { ledger } = scratch
  const { id } = await itemThatIs(state, scratch)
  const retried = await retryItem(ledger, { id, by: 'ana', reason: 'mended', nowMs: 4000 })
  expect(retried).toMatchObject({
    state: 'pending',
    attempts: 1,
    roundAttempts: 0,
    dueMs: 0,
    finishedMs: null,
  })
  const last = (await itemHistory(ledger, id)).transitions.at(-1)
  expect(last).toMatchObject({ fromState: state, toState: 'pending', worker: 'ana', reason: 'mended' })
})

test.each(ITEM_STATES.filter((state) => !RETRYABLE.includes(state)))(
  'nobody sends back an item that is %s',
  async (state) => {
    const scratch = await scratchLedger()
    const { ledger } = scratch
    const item = await itemThatIs(state, scratch)
    expect(await retryItem(ledger, { id: item.id, by: 'ana', reason: 'r', nowMs: 4000 })).toBeUndefined()
    expect(await findItem(ledger, { id: item.id })).toEqual(item)
  },
)

test('what is not there is not sent back', async () => {
  const { ledger } = await scratchLedger()
  expect(await retryItem(ledger, { id: 1, by: 'ana', reason: 'r', nowMs: 1 })).toBeUndefined()
})
