import { EXIT_CODES } from '../../model/error-class.ts'
import { openLedger } from '../../ledger/open-ledger.ts'
import { pausePipeline } from '../../ledger/pause-pipeline.ts'
import { resumePipeline } from '../../ledger/resume-pipeline.ts'
import { choosePipelines } from '../../ops/choose-pipelines.ts'
import { loadProject } from '../../ops/load-project.ts'
import { visibleText } from '../../model/visible-text.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { projectRequest } from '../project-request.ts'
import { controlTexts } from '../texts/control-texts.ts'
import { whoAsks } from '../who-asks.ts'

/** `cauce pause`: nothing more of these pipelines begins until somebody resumes them. */
export async function pauseCommand(
  cli: Cli,
  names: readonly string[],
  options: CommonOptions & { readonly reason?: string | undefined },
): Promise<number> {
  const { speaker, out, clock } = cli
  const project = await loadProject(projectRequest(cli, options))
  await using ledger = await openLedger(project.ledgerUrl)
  const nowMs = clock.now()
  for (const { name } of choosePipelines(project, names)) {
    const control = await pausePipeline(ledger, {
      pipeline: name,
      by: whoAsks(),
      reason: options.reason,
      nowMs,
    })
    const isNew = control.pausedMs === nowMs
    const by = visibleText(control.pausedBy ?? '')
    const text = isNew ? controlTexts.paused : controlTexts.pausedBefore
    out.line(`${out.paint(isNew ? 'good' : 'quiet', '✓')} ${speaker.say(text, { pipeline: name, by })}`)
  }
  return EXIT_CODES.done
}

/** `cauce resume`: lets them go on. */
export async function resumeCommand(
  cli: Cli,
  names: readonly string[],
  options: CommonOptions,
): Promise<number> {
  const { speaker, out } = cli
  const project = await loadProject(projectRequest(cli, options))
  await using ledger = await openLedger(project.ledgerUrl)
  for (const { name } of choosePipelines(project, names)) {
    const wasPaused = await resumePipeline(ledger, { pipeline: name })
    const text = wasPaused ? controlTexts.resumed : controlTexts.notPaused
    out.line(`${out.paint(wasPaused ? 'good' : 'quiet', '✓')} ${speaker.say(text, { pipeline: name })}`)
  }
  return EXIT_CODES.done
}
