import { resolve } from 'node:path'
import { stat } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import { EXIT_CODES } from '../../model/error-class.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import type { LoadedProject } from '../../ops/load-project.ts'
import { readyPipeline, type ReadyPipeline } from '../../ops/ready-pipeline.ts'
import { logRuns } from '../../ops/log-runs.ts'
import { openProjectLogs } from '../../ops/project-logs.ts'
import { replayRejects } from '../../ops/replay-rejects.ts'
import { runDocument } from '../../ops/run-document.ts'
import type { PipelineRun } from '../../ops/run-project.ts'
import type { RunResult } from '../../dispatch/run-pipeline.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { exitCodeOf } from '../exit-code.ts'
import { watchInterruption } from '../interruption.ts'
import { openProject } from '../open-project.ts'
import { chooseProgress } from '../progress/choose-progress.ts'
import { rejectedItem } from '../rejected-item.ts'
import { showFailures } from '../report/failure-lines.ts'
import { showRun } from '../report/run-summary.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
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
  try {
    await using open = await openProject(cli, options)
    const item = await rejectedItem(open, name, options.pipeline)
    if (open === undefined) return EXIT_CODES.usage
    const { project, ledger } = open
    const mendedPath = await mendedFile(cli, options.file)
    const pipeline = readyPipeline(project, choosePipeline(project, item.pipeline))
    const startedMs = cli.clock.now()
    await using logs = openProjectLogs(project, { clock: cli.clock, language: cli.speaker.language })
    const watcher = logRuns(logs, [pipeline], {
      clock: cli.clock,
      watcher: { began: progress.began, saw: progress.saw, ended: () => undefined },
    })
    watcher.began(pipeline)
    const result = await replayRejects({
      home: project.home,
      ledger,
      plan: pipeline.plan,
      settings: pipeline.settings,
      clock: cli.clock,
      signal: interruption.signal,
      item,
      mendedPath,
      emit: watcher.saw,
    }).finally(() => progress.close())
    const run = replayRun(result, pipeline, { startedMs, finishedMs: cli.clock.now() })
    watcher.ended(run)
    showReplay(cli, options, { run, known: result.known, item, project })
    return exitCodeOf({
      runs: [run],
      detailed: options.detailedExitCodes === true,
      interruptedBy: interruption.by,
    })
  } catch (error) {
    // Whoever reads the document finds one, also when nothing could begin.
    if (options.json === true) cli.out.line(JSON.stringify(runDocument([]), undefined, 2))
    throw error
  }
}

function replayRun(
  result: RunResult,
  pipeline: ReadyPipeline,
  times: Pick<PipelineRun, 'startedMs' | 'finishedMs'>,
): PipelineRun {
  const { id, state } = result.run
  return {
    pipeline,
    ...times,
    runId: id,
    state: state === 'running' ? 'failed' : state,
    // Items that wait since other runs are none of a replay's business.
    result: { ...result, waiting: [] },
    error: undefined,
  }
}

interface ShownReplay {
  readonly run: PipelineRun
  /** The replay as an earlier run left it, when there was nothing new in this one. */
  readonly known: ItemRow | undefined
  /** The item whose rejects they are. */
  readonly item: ItemRow
  readonly project: LoadedProject
}

function showReplay(cli: Cli, options: RejectsReplayOptions, replay: ShownReplay): void {
  const { out, speaker } = cli
  const { run, known, item, project } = replay
  if (options.json === true) {
    out.line(JSON.stringify(runDocument([run]), undefined, 2))
    showFailures(cli, [run])
    return
  }
  const wentWell = run.state === 'done' || run.state === 'done_with_rejects'
  if (options.quiet === true && wentWell) return
  showRun(cli, options, run, project)
  if (!wentWell || run.result?.items.length !== 0) return
  const { figures } = speaker
  const said =
    known === undefined
      ? speaker.say(rejectsTexts.noneLeft, { item: visibleText(item.key) })
      : speaker.say(rejectsTexts.known, {
          moment: figures.moment(known.finishedMs ?? known.updatedMs),
          loaded: figures.count(known.loaded),
          rejected: figures.count(known.rejected),
        })
  out.line(wrapLine(out, '  ', said))
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
