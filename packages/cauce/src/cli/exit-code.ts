import { CLASS_PRECEDENCE, type ErrorClass, EXIT_CODES } from '../model/error-class.ts'
import { WAITING_STATES } from '../model/item-state.ts'
import type { RunResult } from '../dispatch/run-pipeline.ts'
import type { PipelineRun } from '../ops/run-project.ts'

/** What a run tells an orchestrator by its exit code. */
export interface ExitRequest {
  readonly runs: readonly Pick<PipelineRun, 'state' | 'error' | 'result'>[]
  /** Also tell "done with rejects" and "nothing to do" apart from "done". */
  readonly detailed: boolean
  /** The signal that ended it, if one did. */
  readonly interruptedBy: NodeJS.Signals | undefined
}

/** The worst of what happened decides; items that wait since earlier runs do not count. */
export function exitCodeOf({ runs, detailed, interruptedBy }: ExitRequest): number {
  if (interruptedBy !== undefined || runs.some(({ state }) => state === 'interrupted'))
    return interruptedBy === 'SIGTERM' ? EXIT_CODES.terminated : EXIT_CODES.interrupted
  const classes = new Set(runs.flatMap(failuresOf))
  const worst = CLASS_PRECEDENCE.find((one) => classes.has(one))
  if (worst !== undefined) return EXIT_CODES[worst]
  if (!detailed) return EXIT_CODES.done
  const ends = runs.flatMap(({ result }) => (result === undefined ? [] : lastEnds(result)))
  if (ends.some(({ outcome }) => outcome.counts.rejected > 0)) return EXIT_CODES.doneWithRejects
  return ends.length === 0 ? EXIT_CODES.nothingToDo : EXIT_CODES.done
}

function failuresOf({ error, result }: Pick<PipelineRun, 'error' | 'result'>): readonly ErrorClass[] {
  const ends = result === undefined ? [] : lastEnds(result)
  return [
    ...(error === undefined ? [] : [error.class]),
    ...ends.flatMap(({ outcome }) => {
      if (outcome.error !== undefined) return [outcome.error.class]
      return (WAITING_STATES as readonly string[]).includes(outcome.state) ? ['layout' as const] : []
    }),
  ]
}

/** How each item ended; one that was tried again counts by its last try. */
function lastEnds({ carried }: RunResult): readonly RunResult['carried'][number][] {
  return [...new Map(carried.map((end) => [end.item.id, end])).values()]
}
