import type { ItemState, RunState } from './item-state.ts'

/** What a state means for whoever looks: good, worth a look, bad, still going on, or of no weight. */
export type StateTone = 'good' | 'warning' | 'bad' | 'active' | 'quiet'

const ITEM_TONES: Readonly<Record<ItemState, StateTone>> = {
  pending: 'active',
  extracting: 'active',
  transforming: 'active',
  loading: 'active',
  ready: 'good',
  ready_with_rejects: 'warning',
  failed_layout: 'bad',
  failed_system: 'bad',
  refused: 'bad',
  duplicate: 'quiet',
  superseded: 'quiet',
  cancelled: 'quiet',
}

const RUN_TONES: Readonly<Record<RunState, StateTone>> = {
  running: 'active',
  done: 'good',
  done_with_rejects: 'warning',
  interrupted: 'warning',
  failed: 'bad',
}

export function itemTone(state: ItemState): StateTone {
  return ITEM_TONES[state]
}

export function runTone(state: RunState): StateTone {
  return RUN_TONES[state]
}
