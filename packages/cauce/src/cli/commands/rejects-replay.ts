import { resolve } from 'node:path'
import { stat } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import { EXIT_CODES } from '../../model/error-class.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import { readyPipeline } from '../../ops/ready-pipeline.ts'
import { replayRejects } from '../../ops/replay-rejects.ts'
import { runDocument } from '../../ops/run-document.ts'
import type { PipelineRun } from '../../ops/run-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { exitCodeOf } from '../exit-code.ts'
import { watchInterruption } from '../interruption.ts'
import { openProject } from '../open-project.ts'
import { chooseProgress } from '../progress/choose-progress.ts'
import { rejectedItem } from '../rejected-item.ts'
import { showRun } from '../report/run-summary.ts'
import { rejectsTexts } from '../texts/rejects-texts.ts'
import { runTexts } from '../texts/run-texts.ts'

interface RejectsReplayOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly file?: string | undefined
  readonly json?: true | undefined
  readonly quiet?: true | undefined
  readonly detailedExitCodes?: true | undefined
}

/** `cauce rejects replay`: sends rejects back through the contract; a run of its own, shown like any other. */
export async function rejectsReplayCommand(
  cli: Cli,
  name: string,
  options: RejectsReplayOptions,
): Promise<number> {
  const progress = chooseProgress(cli, options)
  using interruption = watchInterruption(() => progress.notice(cli.speaker.say(runTexts.interrupting)))
  await using open = await openProject(cli, options)
  const item = await rejectedItem(open, name, options.pipeline)
  if (open === undefined) return EXIT_CODES.usage
  const { project, ledger } = open
  const mendedPath = await mendedFile(cli, options.file)
  const pipeline = readyPipeline(project, choosePipeline(project, item.pipeline))
  const startedMs = cli.clock.now()
  progress.began(pipeline)
  const result = await replayRejects({
    home: project.home,
    ledger,
    plan: pipeline.plan,
    settings: pipeline.settings,
    clock: cli.clock,
    signal: interruption.signal,
    item,
    mendedPath,
    emit: progress.saw,
  }).finally(() => progress.close())
  const { state } = result.run
  const run: PipelineRun = {
    pipeline,
    startedMs,
    finishedMs: cli.clock.now(),
    runId: result.run.id,
    state: state === 'running' ? 'failed' : state,
    // Items that wait since other runs are none of a replay's business.
    result: { ...result, waiting: [] },
    error: undefined,
  }
  const wentWell = run.state === 'done' || run.state === 'done_with_rejects'
  if (options.json === true) cli.out.line(JSON.stringify(runDocument([run]), undefined, 2))
  else if (!(options.quiet === true && wentWell)) showRun(cli, options, run, project.home.rejects)
  return exitCodeOf({
    runs: [run],
    detailed: options.detailedExitCodes === true,
    interruptedBy: interruption.by,
  })
}

async function mendedFile(
  { currentFolder, speaker }: Cli,
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return undefined
  const path = resolve(currentFolder, file)
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!isFile) throw new CauceError('USAGE', { detail: `${path}: ${speaker.say(rejectsTexts.fileMissing)}` })
  return path
}
