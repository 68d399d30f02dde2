import type { TaskHandlers } from './performer.ts'
import type { RunContext } from './run-context.ts'

/** For tasks that carry no item: nothing is shown of them, but they need their seats like everybody else. */
export function quietHandlers({ seats, signal }: Pick<RunContext, 'seats' | 'signal'>): TaskHandlers {
  return { onProgress: () => undefined, takeSeat: async ({ seat }) => seats.take(seat, signal) }
}
