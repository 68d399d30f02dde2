import type { LogLevel } from '../logs/log-events.ts'
import { parseLogLine } from '../logs/log-record.ts'
import type { Logs } from '../logs/open-logs.ts'
import type { LoadedProject } from '../ops/load-project.ts'
import { openProjectLogs } from '../ops/project-logs.ts'
import type { Cli } from './cli.ts'
import { logLine } from './report/log-line.ts'

export interface LogOptions {
  readonly logFormat?: 'human' | 'json' | undefined
  readonly logLevel?: LogLevel | undefined
}

/**
 * The logs of a command that runs for long: into the files of the project, and each line of the orchestrator on standard output.
 * For people on a terminal, where one watches; else as JSON, for whatever collects the output of services.
 */
export function openCommandLogs(cli: Cli, project: LoadedProject, options: LogOptions): Logs {
  const { speaker, out, clock } = cli
  const format = options.logFormat ?? (out.isTerminal ? 'human' : 'json')
  const look = { speaker, screen: out, showsDay: !out.isTerminal, showsItem: true }
  return openProjectLogs(project, {
    clock,
    language: speaker.language,
    level: options.logLevel,
    mirror: (line) => {
      const record = format === 'json' ? undefined : parseLogLine(line)
      if (record === undefined) out.write(line)
      else out.line(logLine(record, look))
    },
  })
}
