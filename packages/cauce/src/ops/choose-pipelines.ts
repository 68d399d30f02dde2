import { CauceError } from '../model/cauce-error.ts'
import type { LoadedPipeline, LoadedProject } from './load-project.ts'
import { nearestName } from './nearest-name.ts'

/** As much of a project as names its pipelines. */
export type NamedPipelines = Pick<LoadedProject, 'folder' | 'pipelines'>

/** The pipelines named, in that order and each once; all of the project when none is. @throws {CauceError} PIPELINE_UNKNOWN */
export function choosePipelines(
  project: NamedPipelines,
  names: readonly string[],
): readonly LoadedPipeline[] {
  if (names.length === 0) return project.pipelines
  return [...new Set(names)].map((name) => choosePipeline(project, name))
}

/** @throws {CauceError} PIPELINE_UNKNOWN, naming the nearest */
export function choosePipeline({ pipelines, folder }: NamedPipelines, name: string): LoadedPipeline {
  const found = pipelines.find((pipeline) => pipeline.name === name)
  if (found !== undefined) return found
  const known = pipelines.map((pipeline) => pipeline.name)
  throw new CauceError('PIPELINE_UNKNOWN', {
    pipeline: name,
    folder,
    nearest: nearestName(name, known) ?? '',
    known: known.join(', '),
  })
}
