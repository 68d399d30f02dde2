import type { ItemState, RunState } from '../../model/item-state.ts'
import { itemTone, runTone, type StateTone } from '../../model/state-tone.ts'
import type { Style } from '../terminal/screen.ts'

/** How an item's state looks on the terminal. */
export function stateStyle(state: ItemState): Style {
  return styleOf(itemTone(state))
}

/** How a run's state looks on the terminal. */
export function runStyle(state: RunState): Style {
  return styleOf(runTone(state))
}

function styleOf(tone: StateTone): Style {
  return tone === 'active' ? 'command' : tone
}
