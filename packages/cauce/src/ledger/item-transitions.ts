import { ACTIVE_STATES, type ItemState } from '../model/item-state.ts'

/** How an item can end while somebody holds it. */
export const SETTLED_STATES = [
  'ready',
  'ready_with_rejects',
  'failed_layout',
  'failed_system',
  'duplicate',
  'refused',
  'superseded',
  'cancelled',
] as const satisfies readonly ItemState[]

export type SettledState = (typeof SETTLED_STATES)[number]

/**
 * Which state may follow which; every statement that changes a state asks here. Stages ride on heartbeats, so one may be
 * passed over; any stage can be taken over (`extracting` again) or handed back (`pending`).
 */
const FOLLOWERS: Readonly<Record<ItemState, readonly ItemState[]>> = {
  pending: ['extracting', 'superseded', 'cancelled'],
  extracting: ['extracting', 'transforming', 'loading', 'pending', ...SETTLED_STATES],
  transforming: ['extracting', 'loading', 'pending', ...SETTLED_STATES],
  loading: ['extracting', 'pending', ...SETTLED_STATES],
  ready: [],
  ready_with_rejects: [],
  duplicate: [],
  failed_layout: ['pending', 'superseded', 'cancelled'],
  failed_system: ['pending', 'extracting', 'superseded', 'cancelled'],
  refused: ['pending', 'superseded', 'cancelled'],
  superseded: ['pending'],
  cancelled: ['pending'],
}

export function mayFollow(from: ItemState, to: ItemState): boolean {
  return FOLLOWERS[from].includes(to)
}

export function isActive(state: ItemState): boolean {
  return (ACTIVE_STATES as readonly ItemState[]).includes(state)
}
