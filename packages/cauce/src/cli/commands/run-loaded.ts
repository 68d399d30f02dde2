import { startTracing } from '../../perform/start-tracing.ts'
import type { LoadedProject } from '../../ops/load-project.ts'
import { runDocument } from '../../ops/run-document.ts'
import { runProject } from '../../ops/run-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { exitCodeOf } from '../exit-code.ts'
import { watchInterruption } from '../interruption.ts'
import { chooseProgress } from '../progress/choose-progress.ts'
import { showFailures } from '../report/failure-lines.ts'
import { showRun } from '../report/run-summary.ts'
import { runTexts } from '../texts/run-texts.ts'

export interface RunCommandOptions extends CommonOptions {
  readonly jobs?: number | undefined
  readonly json?: true | undefined
  readonly quiet?: true | undefined
  readonly detailedExitCodes?: true | undefined
}

interface Loaded {
  readonly load: () => Promise<LoadedProject>
  readonly pipelines: readonly string[]
  /** Whose commands are suggested; undefined: the project lies in no folder, and no command would find it. */
  readonly hints: CommonOptions | undefined
}

/** Runs pipelines of a project once, shows the run as it goes and what became of it. */
export async function runLoaded(
  cli: Cli,
  { load, pipelines, hints }: Loaded,
  options: RunCommandOptions,
): Promise<number> {
  const isJson = options.json === true
  const progress = chooseProgress(cli, options)
  using interruption = watchInterruption(() => progress.notice(cli.speaker.say(runTexts.interrupting)))
  try {
    await startTracing(process.env)
    const project = await load()
    const runs = await runProject({
      project,
      pipelines,
      jobs: options.jobs,
      clock: cli.clock,
      language: cli.speaker.language,
      signal: interruption.signal,
      watcher: {
        began: progress.began,
        saw: progress.saw,
        ended: (run) => {
          progress.close()
          const wentWell = run.state === 'done' || run.state === 'done_with_rejects'
          if (!isJson && !(options.quiet === true && wentWell)) showRun(cli, hints, run, project)
        },
      },
    })
    if (isJson) {
      cli.out.line(JSON.stringify(runDocument(runs), undefined, 2))
      showFailures(cli, runs)
    }
    return exitCodeOf({
      runs,
      detailed: options.detailedExitCodes === true,
      interruptedBy: interruption.by,
    })
  } catch (error) {
    // Whoever reads the document finds one, also when nothing could begin.
    if (isJson) cli.out.line(JSON.stringify(runDocument([]), undefined, 2))
    throw error
  }
}
