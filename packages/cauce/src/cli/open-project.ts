import { type LoadedProject, loadProject } from '../ops/load-project.ts'
import { labelOf } from '../ops/run-document.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { ledgerPlace } from '../ledger/ledger-place.ts'
import { openExistingLedger } from '../ledger/open-ledger.ts'
import type { ItemRow } from '../ledger/tables.ts'
import type { Cli, CommonOptions } from './cli.ts'
import { commandHint } from './command-hint.ts'
import { projectRequest } from './project-request.ts'
import { visibleText } from './terminal/visible-text.ts'
import { wrapLine } from './terminal/wrap.ts'
import { ledgerTexts } from './texts/ledger-texts.ts'

/** A project with its ledger, for commands that ask it. */
export interface OpenProject extends AsyncDisposable {
  readonly project: LoadedProject
  readonly ledger: Ledger
  /** The pipeline's own word for an item's state. */
  readonly labelOf: (item: Pick<ItemRow, 'pipeline' | 'state'>) => string
}

/** Opens both; undefined where nothing has ever run: asking must not leave a ledger behind. */
export async function openProject(cli: Cli, options: CommonOptions): Promise<OpenProject | undefined> {
  const project = await loadProject(projectRequest(cli, options))
  const ledger = await openExistingLedger(project.ledgerUrl)
  if (ledger === undefined) return undefined
  return {
    project,
    ledger,
    labelOf: ({ pipeline, state }) =>
      labelOf(state, project.pipelines.find(({ name }) => name === pipeline)?.plan ?? { states: {} }),
    [Symbol.asyncDispose]: () => ledger.close(),
  }
}

/** Says that nothing has run yet, and how to begin. */
export async function sayNothingYet(cli: Cli, options: CommonOptions): Promise<void> {
  const project = await loadProject(projectRequest(cli, options))
  const command = commandHint(cli, options, ['run'])
  const place = ledgerPlace(project.ledgerUrl)
  const path = visibleText(place.dialect === 'sqlite' ? place.file : place.displayUrl)
  cli.out.line(wrapLine(cli.out, '', cli.speaker.say(ledgerTexts.nothingYet, { path, command })))
}
