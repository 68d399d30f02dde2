import type { Cli } from '../cli.ts'
import { liveProgress } from './live-progress.ts'
import { plainProgress } from './plain-progress.ts'
import { noProgress, type Progress } from './progress.ts'

/** How a run is shown while it goes on: not at all, redrawn on a terminal, or as plain lines. */
export function chooseProgress(
  cli: Cli,
  { json, quiet }: { readonly json?: true | undefined; readonly quiet?: true | undefined },
): Progress {
  if (json === true || quiet === true) return noProgress
  return cli.err.isTerminal ? liveProgress(cli) : plainProgress(cli)
}
