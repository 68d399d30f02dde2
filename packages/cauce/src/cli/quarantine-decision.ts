import { CauceError } from '../model/cauce-error.ts'
import { EXIT_CODES } from '../model/error-class.ts'
import type { Text } from '../model/language.ts'
import { visibleText } from '../model/visible-text.ts'
import type { Ledger } from '../ledger/ledger-access.ts'
import { listQuarantine } from '../ledger/list-quarantine.ts'
import type { ItemRow } from '../ledger/tables.ts'
import { openProjectLogs } from '../ops/project-logs.ts'
import { dateInZone } from '../plan/periods.ts'
import type { Cli, CommonOptions } from './cli.ts'
import { openProject, type OpenProject, sayNothingYet } from './open-project.ts'
import { quarantinedItem } from './quarantined-item.ts'
import { itemDocument } from './report/item-document.ts'
import { quarantineTexts } from './texts/quarantine-texts.ts'
import { whoAsks } from './who-asks.ts'

export interface DecisionOptions extends CommonOptions {
  readonly pipeline?: string | undefined
  readonly all?: true | undefined
  readonly json?: true | undefined
}

/** What a person decides about items in quarantine. */
export interface Decision {
  /** The word for those it could be done with, in `--json`. */
  readonly name: 'released' | 'discarded'
  readonly said: Text
  readonly reason: string
  /** Undefined: the item is not in quarantine (any more). */
  readonly act: (
    ledger: Ledger,
    request: { readonly id: number; readonly by: string; readonly reason: string; readonly nowMs: number },
  ) => Promise<ItemRow | undefined>
}

interface Decided {
  readonly item: ItemRow
  readonly isDone: boolean
}

/** Carries a decision out on the items named, or on all; 64 when one of them is not in quarantine. Who and why stand in both logs. */
export async function decide(
  cli: Cli,
  names: readonly string[],
  { decision, options }: { readonly decision: Decision; readonly options: DecisionOptions },
): Promise<number> {
  const { out, speaker } = cli
  if (names.length > 0 && options.all === true)
    throw new CauceError('USAGE', { detail: speaker.say(quarantineTexts.namedAndAll) })
  if (names.length === 0 && options.all !== true)
    throw new CauceError('USAGE', { detail: speaker.say(quarantineTexts.nothingNamed) })
  await using open = await openProject(cli, options)
  const ends = open === undefined ? [] : await decideAll(cli, open, { names, decision, options })
  if (options.json === true) {
    const document = (wanted: boolean): unknown =>
      ends
        .filter(({ isDone }) => isDone === wanted)
        .map(({ item }) => itemDocument(item, open?.labelOf(item) ?? item.state, speaker))
    out.line(JSON.stringify({ [decision.name]: document(true), refused: document(false) }, undefined, 2))
  } else if (open === undefined) await sayNothingYet(cli, options)
  else if (ends.length === 0) out.line(speaker.say(quarantineTexts.none))
  else for (const end of ends) sayEnd(cli, open, decision, end)
  return ends.every(({ isDone }) => isDone) ? EXIT_CODES.done : EXIT_CODES.usage
}

async function decideAll(
  { clock, speaker }: Cli,
  { ledger, project }: OpenProject,
  {
    names,
    decision,
    options,
  }: { readonly names: readonly string[]; readonly decision: Decision; readonly options: DecisionOptions },
): Promise<readonly Decided[]> {
  const items: ItemRow[] = []
  for (const name of names) items.push(await quarantinedItem(ledger, name, options.pipeline))
  if (options.all === true) items.push(...(await listQuarantine(ledger, options)).toReversed())
  await using logs = openProjectLogs(project, { clock, language: speaker.language })
  const ends: Decided[] = []
  for (const item of items) {
    const why = { by: whoAsks(), reason: decision.reason }
    const nowMs = clock.now()
    const moved = await decision.act(ledger, { id: item.id, ...why, nowMs })
    ends.push({ item: moved ?? item, isDone: moved !== undefined })
    if (moved === undefined) continue
    const event = decision.name === 'released' ? 'item-released' : 'item-discarded'
    const zone = project.pipelines.find(({ name }) => name === item.pipeline)?.plan.reference.timezone
    logs.item(item, dateInZone(nowMs, zone ?? 'UTC')).write(event, why)
    logs.orchestrator.write(event, { pipeline: item.pipeline, item: item.id, key: item.key, ...why })
  }
  return ends
}

function sayEnd(
  { out, err, speaker }: Cli,
  open: OpenProject,
  decision: Decision,
  { item, isDone }: Decided,
): void {
  const key = visibleText(item.key)
  if (isDone) out.line(`${out.paint('good', '✓')} ${speaker.say(decision.said, { key })}`)
  else {
    const said = speaker.say(quarantineTexts.notThere, { key, state: visibleText(open.labelOf(item)) })
    err.line(`${err.paint('bad', '✗')} ${said}`)
  }
}
