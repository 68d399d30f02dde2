import type { RunEvent } from '../../dispatch/run-context.ts'
import type { RunWatcher } from '../../ops/run-project.ts'

/** Shows a run while it goes on. */
export interface Progress extends Pick<RunWatcher, 'began' | 'saw'> {
  /** A sentence that must be seen at once. */
  readonly notice: (text: string) => void
  /** The run is over, however it ended: leaves the screen to others. Harmless when nothing began. */
  readonly close: () => void
}

/** What an item came to: it ended, or it went back to wait for the next time. */
export type EndEvent = Extract<RunEvent, { kind: 'ended' | 'handed-back' }>

/** Shows nothing, for `--json` and `--quiet`. */
export const noProgress: Progress = {
  began: () => undefined,
  saw: () => undefined,
  notice: () => undefined,
  close: () => undefined,
}
