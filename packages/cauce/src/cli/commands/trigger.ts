import { EXIT_CODES } from '../../model/error-class.ts'
import type { Rhythm } from '../../model/plan.ts'
import { LEASE_MS } from '../../dispatch/lease.ts'
import { listControls } from '../../ledger/list-controls.ts'
import { listWorkers } from '../../ledger/list-workers.ts'
import { openLedger } from '../../ledger/open-ledger.ts'
import { requestFiring } from '../../ledger/request-firing.ts'
import { visibleText } from '../../model/visible-text.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import { loadProject } from '../../ops/load-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint } from '../command-hint.ts'
import { projectRequest } from '../project-request.ts'
import { isoMoment } from '../report/item-document.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { controlTexts } from '../texts/control-texts.ts'
import { whoAsks } from '../who-asks.ts'

interface TriggerOptions extends CommonOptions {
  readonly token?: string | undefined
  readonly only?: 'discover' | 'dispatch' | undefined
  readonly json?: true | undefined
}

/** `cauce trigger`: asks for a run, and says so when nobody is there to hear. */
export async function triggerCommand(cli: Cli, name: string, options: TriggerOptions): Promise<number> {
  const { speaker, out, err, clock } = cli
  const project = await loadProject(projectRequest(cli, options))
  const { plan } = choosePipeline(project, name)
  await using ledger = await openLedger(project.ledgerUrl)
  const firing = await requestFiring(ledger, {
    pipeline: name,
    rhythm: options.only ?? wholeRhythm(Object.keys(plan.schedules)),
    token: options.token,
    by: whoAsks(),
    nowMs: clock.now(),
  })
  if (options.json === true) {
    const { id, pipeline, rhythm, state, dueMs, runId } = firing
    const document = { firing: { id, pipeline, rhythm, state, dueAt: isoMoment(dueMs), run: runId } }
    out.line(JSON.stringify(document, undefined, 2))
  } else
    out.line(
      `${out.paint('good', '✓')} ${speaker.say(controlTexts.triggered, { pipeline: name, id: firing.id })}`,
    )
  const paused = (await listControls(ledger)).find(
    ({ pipeline, pausedMs }) => pipeline === name && pausedMs !== null,
  )
  if (paused !== undefined) {
    const said = { pipeline: name, by: visibleText(paused.pausedBy ?? '') }
    err.line(wrapLine(err, '', speaker.say(controlTexts.triggeredInVain, said)))
  }
  const standing = await listWorkers(ledger, { nowMs: clock.now(), leaseMs: LEASE_MS })
  if (!standing.some(({ state, roles }) => state === 'working' && roles.includes('dispatcher'))) {
    const command = commandHint(cli, options, ['up'])
    err.line(wrapLine(err, '', speaker.say(controlTexts.nobodyStands, { command })))
  }
  return EXIT_CODES.done
}

/** A pipeline with two rhythms is asked to look first; its own rhythm dispatches what was found. */
function wholeRhythm(declared: readonly string[]): Rhythm {
  return declared.includes('discover') ? 'discover' : 'run'
}
