import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CauceError } from '../model/cauce-error.ts'
import { isPipeline } from '../pipeline/pipeline.ts'
import { isProject } from '../pipeline/project.ts'
import type { AlertsPlan } from '../plan/alerts/alert-plan.ts'
import { compileAlerts, type DeclaredAlerts } from '../plan/alerts/compile-alerts.ts'

/** A project that was loaded: the files its declarations stand in, relative to its folder. */
interface LoadedFiles {
  readonly folder: string
  readonly pipelines: readonly { readonly file: string }[]
}

/** The alerts a project declares, compiled. @throws {CauceError} ALERTS_INVALID with everything wrong in them */
export async function declaredAlerts(project: LoadedFiles): Promise<AlertsPlan> {
  const { issues, ...plan } = compileAlerts(await declarations(project))
  if (issues.length === 0) return plan
  const listed = (language: 'en' | 'es'): string =>
    issues.map(({ where, text }) => `\n${where}: ${text[language]}`).join('')
  throw new CauceError('ALERTS_INVALID', { issuesEn: listed('en'), issuesEs: listed('es') })
}

/** The files were imported when the project was loaded, and what they export is remembered: nothing runs again. */
async function declarations({ folder, pipelines }: LoadedFiles): Promise<DeclaredAlerts> {
  const found: DeclaredAlerts[] = []
  for (const file of new Set(pipelines.map((pipeline) => pipeline.file))) {
    // A project declared by the calling program stands in no file.
    if (!/\.m?[jt]s$/.test(file)) continue
    const module = (await import(pathToFileURL(join(folder, file)).href)) as { readonly default?: unknown }
    const declared = module.default
    if (isProject(declared)) found.push(declared)
    else if (isPipeline(declared)) found.push({ pipelines: [declared] })
  }
  return {
    alerts: found.flatMap(({ alerts = [] }) => alerts),
    pipelines: found.flatMap((one) => one.pipelines),
  }
}
