import { describe, expect, test } from 'vitest'
import { ACTIVE_STATES, ITEM_STATES, type ItemState } from '../model/item-state.ts'
import { isActive, mayFollow, SETTLED_STATES } from './item-transitions.ts'

/** Every step an item may take, spelled out once more by hand. */
const ALLOWED: Readonly<Record<ItemState, string>> = {
  pending: 'extracting superseded cancelled',
  extracting:
    'pending extracting transforming loading ready ready_with_rejects failed_layout failed_system duplicate refused superseded cancelled',
  transforming:
    'pending extracting loading ready ready_with_rejects failed_layout failed_system duplicate refused superseded cancelled',
  loading:
    'pending extracting ready ready_with_rejects failed_layout failed_system duplicate refused superseded cancelled',
  ready: '',
  ready_with_rejects: '',
  duplicate: '',
  failed_layout: 'pending superseded cancelled',
  failed_system: 'pending extracting superseded cancelled',
  refused: 'pending superseded cancelled',
  superseded: 'pending',
  cancelled: 'pending',
}

describe.each(ITEM_STATES)('after %s', (from) => {
  const allowed = new Set(ALLOWED[from].split(' '))

  test.each(ITEM_STATES)('%s follows only where it should', (to) => {
    expect(mayFollow(from, to)).toBe(allowed.has(to))
  })
})

test('what is loaded stays loaded', () => {
  for (const loaded of ['ready', 'ready_with_rejects', 'duplicate'] as const)
    expect(ITEM_STATES.filter((to) => mayFollow(loaded, to))).toEqual([])
})

test('every state is pending, held or settled, and only one of them', () => {
  expect(['pending', ...ACTIVE_STATES, ...SETTLED_STATES].toSorted()).toEqual([...ITEM_STATES].toSorted())
  expect(ITEM_STATES.filter(isActive)).toEqual([...ACTIVE_STATES])
})
