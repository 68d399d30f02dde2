import { CauceError } from '../model/cauce-error.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import { fillText } from '../model/language.ts'
import { openDeclaredSource } from '../connectors/open-declared-source.ts'
import { openDestination } from '../connectors/destination-registry.ts'
import { resolveChannels } from '../plan/alerts/resolve-channels.ts'
import { issue, type Issue } from '../plan/issue.ts'
import { resolveSettings, type ResolvedSettings } from '../plan/resolve-settings.ts'
import { checkSql } from './check-sql.ts'
import { choosePipelines } from './choose-pipelines.ts'
import { declarationIssues, followerIssues } from './declaration-issues.ts'
import type { LoadedPipeline, LoadedProject } from './load-project.ts'

/** What is wrong with one pipeline; no issue: it may run. */
export interface PipelineCheck {
  readonly pipeline: LoadedPipeline
  readonly issues: readonly Issue[]
}

/**
 * Everything wrong with pipelines of a project that can be known without reading a source or touching a destination: their
 * declarations, their SQL, their settings. @throws {CauceError} PIPELINE_UNKNOWN
 */
export async function checkProject(
  project: LoadedProject,
  names: readonly string[],
): Promise<readonly PipelineCheck[]> {
  const checks: PipelineCheck[] = []
  for (const pipeline of choosePipelines(project, names))
    checks.push({ pipeline, issues: await issuesOf(project, pipeline) })
  const [first, ...others] = checks
  if (first === undefined) return checks
  // They are the project's: said once.
  return [{ ...first, issues: [...first.issues, ...(await alertIssues(project))] }, ...others]
}

async function alertIssues({ alerts, surroundings }: LoadedProject): Promise<readonly Issue[]> {
  if (alerts.issues.length > 0) return alerts.issues
  return complaint('alerts', async () => void resolveChannels(alerts.channels, surroundings))
}

async function issuesOf(project: LoadedProject, { plan }: LoadedPipeline): Promise<readonly Issue[]> {
  const declaration = [...declarationIssues(plan), ...followerIssues(project, plan)]
  // A broken declaration would only repeat itself in SQL.
  const sql = declaration.length > 0 ? [] : await checkSql(plan)
  return [...declaration, ...sql, ...(await settingIssues(project, plan))]
}

async function settingIssues(
  project: LoadedProject,
  plan: LoadedPipeline['plan'],
): Promise<readonly Issue[]> {
  let settings: ResolvedSettings | undefined
  const unset = await complaint('settings', async () => {
    settings = resolveSettings(plan, project.surroundings)
  })
  if (settings === undefined) return unset
  const declared = settings
  const { destinationUrl } = settings
  // Opening reads the address and finds the driver; nothing is connected.
  return [
    ...(await complaint('from', async () => (await openDeclaredSource(declared)).close())),
    ...(await complaint('into', async () => (await openDestination(destinationUrl)).close())),
  ]
}

/** The issue that keeps something from working, if it is one of configuration. */
async function complaint(where: string, attempt: () => Promise<void>): Promise<readonly Issue[]> {
  try {
    await attempt()
    return []
  } catch (error) {
    if (error instanceof CauceError && error.class === 'config') return [asIssue(where, error)]
    throw error
  }
}

function asIssue(where: string, { code, details }: CauceError): Issue {
  if (code === 'CONFIG_INVALID') {
    const detail = String(details['detail'])
    return issue(String(details['where']), detail, detail)
  }
  const { text } = ERROR_CODES[code]
  return issue(where, fillText(text.en, details), fillText(text.es, details))
}
