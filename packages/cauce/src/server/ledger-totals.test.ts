import { expect, test } from 'vitest'
import { ITEM_STATES } from '../model/item-state.ts'
import { mayFollow } from '../ledger/item-transitions.ts'
import { LASTING_STATES } from './ledger-totals.ts'

test('what is counted once for ever is counted in states that no item leaves', () => {
  for (const state of LASTING_STATES)
    for (const next of ITEM_STATES) expect(mayFollow(state, next)).toBe(false)
})
