import type { Project } from '../pipeline/project.ts'
import type { RunEvent } from '../dispatch/run-context.ts'
import type { RunDocument } from './run-document.ts'

export interface RunOptions {
  /** A project folder, or a project declared in the program itself. Default: the current folder. */
  readonly project?: string | Project
  /** Names of the pipelines to run; default: all of the project, one after another. */
  readonly pipelines?: readonly string[]
  /** Performers side by side. Default: the machine's cores. */
  readonly jobs?: number
  /** Folder for spool, backups and rejects, instead of the project's. */
  readonly home?: string
  /** The system of record, instead of the project's: `sqlite:<path>` or `postgres://user:password@host/database`. */
  readonly ledger?: string
  /** Variables instead of the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Aborted: work in hand is rolled back or finished, nothing new begins, and the run ends as `interrupted`. */
  readonly signal?: AbortSignal
  /** Told what happens as it happens. */
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * Runs pipelines once, as `cauce run` does, and tells what became of every item. Items that failed are in the document; what
 * kept a run from beginning is thrown.
 *
 * @example
 * const { runs } = await run({ project: './visitas', pipelines: ['visitas'] })
 * @throws {CauceError} the project, a declaration, a setting or the ledger is wrong, or a source cannot be reached
 */
export async function run(options: RunOptions = {}): Promise<RunDocument> {
  // A file of declarations imports the package's face: what only running needs is loaded when something runs.
  const [{ adoptProject, loadProject }, { runProject }, { runDocument }, { systemClock }] = await Promise.all(
    [
      import('./load-project.ts'),
      import('./run-project.ts'),
      import('./run-document.ts'),
      import('../model/clock.ts'),
    ],
  )
  const { project, pipelines = [], jobs, home, ledger, onEvent } = options
  const request = {
    home,
    ledger,
    environment: options.environment ?? process.env,
    currentFolder: process.cwd(),
  }
  const runs = await runProject({
    project:
      typeof project === 'object'
        ? await adoptProject(project, request)
        : await loadProject({ ...request, folder: project }),
    pipelines,
    jobs,
    clock: systemClock,
    signal: options.signal ?? new AbortController().signal,
    watcher: {
      began: () => undefined,
      saw: (event) => onEvent?.(event),
      ended: () => undefined,
    },
  })
  const broken = runs.find(({ error }) => error !== undefined)
  if (broken?.error !== undefined) throw broken.error
  return runDocument(runs)
}
