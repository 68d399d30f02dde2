import { loadProject } from '../../ops/load-project.ts'
import type { Cli } from '../cli.ts'
import { projectRequest } from '../project-request.ts'
import { runLoaded, type RunCommandOptions } from './run-loaded.ts'

/** `cauce run`: runs pipelines once, shows the run as it goes and what became of it. */
export async function runCommand(
  cli: Cli,
  pipelines: readonly string[],
  options: RunCommandOptions,
): Promise<number> {
  const load = async () => loadProject(projectRequest(cli, options))
  return runLoaded(cli, { load, pipelines, hints: options }, options)
}
