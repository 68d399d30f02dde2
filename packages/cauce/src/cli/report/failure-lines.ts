import { CauceError } from '../../model/cauce-error.ts'
import type { PipelineRun } from '../../ops/run-project.ts'
import type { Cli } from '../cli.ts'
import { errorText, showError } from '../show-error.ts'

/** What failed, on standard error: the document of `--json` tells states, a log must tell why. */
export function showFailures({ speaker, err }: Cli, runs: readonly PipelineRun[]): void {
  for (const { error, result } of runs) {
    const failed = new Map((result?.carried ?? []).map(({ item, outcome }) => [item.id, outcome.error]))
    for (const report of failed.values())
      if (report !== undefined)
        err.line(`${err.paint('bad', '✗')} ${errorText(CauceError.fromReport(report), speaker)}`)
    if (error !== undefined) showError(error, speaker, err)
  }
}
