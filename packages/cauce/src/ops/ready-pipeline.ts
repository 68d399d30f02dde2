import { CauceError } from '../model/cauce-error.ts'
import { declarationIssues, followerIssues } from './declaration-issues.ts'
import { listedIssues } from '../plan/issue.ts'
import { resolveSettings, type ResolvedSettings } from '../plan/resolve-settings.ts'
import type { LoadedPipeline, LoadedProject } from './load-project.ts'

/** A pipeline that may run: its declaration holds and its settings have values. */
export interface ReadyPipeline extends LoadedPipeline {
  /** Holds secrets: never stored, never logged. */
  readonly settings: ResolvedSettings
}

/**
 * Refuses what cannot run before anything does.
 * @throws {CauceError} DECLARATION_INVALID with every issue of the declaration; CONFIG_INVALID naming a setting
 */
export function readyPipeline(project: LoadedProject, pipeline: LoadedPipeline): ReadyPipeline {
  const issues = [...declarationIssues(pipeline.plan), ...followerIssues(project, pipeline.plan)]
  if (issues.length > 0)
    throw new CauceError('DECLARATION_INVALID', {
      pipeline: pipeline.name,
      file: pipeline.file,
      ...listedIssues(issues),
    })
  return { ...pipeline, settings: resolveSettings(pipeline.plan, project.surroundings) }
}
