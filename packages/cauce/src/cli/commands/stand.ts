import { availableParallelism } from 'node:os'
import { EXIT_CODES } from '../../model/error-class.ts'
import { type LoadedProject, loadProject } from '../../ops/load-project.ts'
import { startTracing } from '../../perform/start-tracing.ts'
import { logStanding } from '../../ops/log-standing.ts'
import {
  type Role,
  SILENT_AFTER_MS,
  type StandFacts,
  standUp,
  type StandWatcher,
} from '../../ops/stand-up.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { type LogOptions, openCommandLogs } from '../command-logs.ts'
import type { Interval } from '../declare-stand-commands.ts'
import { watchInterruption } from '../interruption.ts'
import { projectRequest } from '../project-request.ts'
import { standTexts } from '../texts/stand-texts.ts'

interface StandOptions extends CommonOptions, LogOptions {
  readonly jobs?: number | undefined
  readonly every?: Interval | undefined
  readonly grace?: Interval | undefined
  readonly port?: number | undefined
  readonly host?: string | undefined
  readonly openMetrics?: boolean | undefined
  readonly allowHost?: readonly string[] | undefined
}

const DEFAULT_GRACE_MS = 30_000
const DEFAULT_PORT = 4200

/** `cauce up`, `cauce dispatcher`, `cauce worker`: stands until a signal; 0 after a graceful stop. */
export async function standCommand(
  cli: Cli,
  { pipelines, roles: named }: { readonly pipelines: readonly string[]; readonly roles: readonly Role[] },
  options: StandOptions,
): Promise<number> {
  const { clock, speaker, err, version } = cli
  // Workers of one machine would fight for a port they had not asked for.
  const roles: readonly Role[] =
    options.port === undefined || named.includes('server') ? named : [...named, 'server']
  const graceMs = options.grace?.everyMs ?? DEFAULT_GRACE_MS
  await startTracing(process.env)
  const project = await loadProject(projectRequest(cli, options))
  await using logs = openCommandLogs(cli, project, options)
  const watcher = logStanding(logs, { project, clock, version })
  const cancelled = new AbortController()
  let grace: NodeJS.Timeout | undefined
  using interruption = watchInterruption(() => {
    watcher.stopping(interruption.by ?? '')
    err.line(speaker.say(standTexts.stopping, { grace: speaker.figures.duration(graceMs) }))
    grace = setTimeout(() => cancelled.abort(new Error('the time to stop is over')), graceMs)
  })
  try {
    await standUp({
      project,
      pipelines,
      roles,
      jobs: options.jobs ?? availableParallelism(),
      every: options.every,
      version,
      clock,
      stopping: interruption.signal,
      cancelled: cancelled.signal,
      watcher,
      ...(roles.includes('server') && { serve: (facts) => serve(cli, { project, watcher }, options, facts) }),
    })
    watcher.ended()
    return EXIT_CODES.done
  } finally {
    clearTimeout(grace)
  }
}

/** Begins the server, and says where it is. */
async function serve(
  { clock, version, environment, out, speaker }: Cli,
  { project, watcher }: { readonly project: LoadedProject; readonly watcher: StandWatcher },
  { port = DEFAULT_PORT, host, openMetrics = false, allowHost = [] }: StandOptions,
  { ledger, standing }: StandFacts,
): Promise<AsyncDisposable> {
  const { serverToken } = await import('../../server/server-token.ts')
  const { startServer } = await import('../../server/start-server.ts')
  const server = await startServer({
    ledger,
    project,
    health: () => ({
      waiting: standing.waiting,
      ...(standing.roles.includes('dispatcher') && {
        scheduler: {
          lastTickMs: standing.lastTickMs,
          silentAfterMs: SILENT_AFTER_MS,
          startedMs: standing.startedMs,
        },
      }),
      isStopping: standing.isStopping,
    }),
    clock,
    port,
    ...(host !== undefined && { host }),
    token: await serverToken(project.home.folder, environment),
    version,
    openMetrics,
    allowedHosts: allowHost,
    report: (error) => watcher.trouble(error, undefined),
  })
  if (out.isTerminal) out.line(speaker.say(standTexts.serving, { url: out.paint('command', server.url) }))
  return server
}
