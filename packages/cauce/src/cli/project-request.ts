import type { ProjectRequest } from '../ops/load-project.ts'
import type { Cli, CommonOptions } from './cli.ts'

/** Which project a command line speaks of. */
export function projectRequest(
  { environment, currentFolder }: Cli,
  { project, home, ledger }: CommonOptions,
): ProjectRequest {
  return { folder: project, home, ledger, environment, currentFolder }
}
