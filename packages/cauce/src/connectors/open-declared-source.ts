import type { ResolvedSettings } from '../plan/resolve-settings.ts'
import { openSource } from './source-registry.ts'
import type { Source } from './source.ts'

/** Where a pipeline's files come from, as its settings say. */
export type DeclaredSource = Pick<ResolvedSettings, 'sourceUrl' | 'connectorVariables'>

/**
 * Opens the source of a pipeline with the variables of its project, the machine's own around them. Nothing is connected yet.
 * @throws {CauceError} as `openSource`
 */
export async function openDeclaredSource({ sourceUrl, connectorVariables }: DeclaredSource): Promise<Source> {
  if (connectorVariables === undefined) return openSource(sourceUrl)
  return openSource(sourceUrl, { environment: { ...process.env, ...connectorVariables } })
}
