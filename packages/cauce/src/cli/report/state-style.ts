import type { ItemState, RunState } from '../../model/item-state.ts'
import type { Style } from '../terminal/screen.ts'

/** How a state looks: good, worth a look, bad, or of no weight. */
export function stateStyle(state: ItemState): Style {
  switch (state) {
    case 'ready':
      return 'good'
    case 'ready_with_rejects':
      return 'warning'
    case 'failed_layout':
    case 'failed_system':
    case 'refused':
      return 'bad'
    case 'pending':
    case 'extracting':
    case 'transforming':
    case 'loading':
      return 'command'
    case 'duplicate':
    case 'superseded':
    case 'cancelled':
      return 'quiet'
  }
}

export function runStyle(state: RunState): Style {
  switch (state) {
    case 'done':
      return 'good'
    case 'done_with_rejects':
    case 'interrupted':
      return 'warning'
    case 'failed':
      return 'bad'
    case 'running':
      return 'command'
  }
}
