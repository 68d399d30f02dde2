import type { Clock } from '../model/clock.ts'
import type { Language } from '../model/language.ts'
import type { LogLevel } from '../logs/log-events.ts'
import { type Logs, openLogs } from '../logs/open-logs.ts'
import { secretsOf } from '../logs/secrets-of.ts'
import { SECRET_VARIABLES } from '../plan/resolve-settings.ts'
import type { LoadedProject } from './load-project.ts'

/** Every secret of a project, to be taken out of whatever is written down or sent. */
function projectSecrets(project: LoadedProject): readonly string[] {
  const { ledgerUrl, surroundings, ...declared } = project
  const variables = SECRET_VARIABLES.map((name) => ({ kind: 'env', name, secret: true }))
  return secretsOf({ declared: [declared, variables], locations: [ledgerUrl], surroundings })
}

/** Opens the logs of a process that works on a project: its secrets are kept out, each pipeline's days are those of its zone. */
export function openProjectLogs(
  project: LoadedProject,
  options: {
    readonly clock: Clock
    readonly language?: Language | undefined
    readonly level?: LogLevel | undefined
    readonly mirror?: ((line: string) => void) | undefined
  },
): Logs {
  const zones = new Map(project.pipelines.map(({ name, plan }) => [name, plan.reference.timezone]))
  const [first] = zones.values()
  return openLogs({
    ...options,
    home: project.home,
    secrets: projectSecrets(project),
    // What belongs to no pipeline goes with the first one's.
    timezoneOf: (pipeline) => zones.get(pipeline ?? '') ?? first,
  })
}
