import { CauceError } from '../../model/cauce-error.ts'
import { EXIT_CODES } from '../../model/error-class.ts'
import type { ItemState } from '../../model/item-state.ts'
import { choosePipeline } from '../../ops/choose-pipelines.ts'
import { findNamedItem } from '../../ops/find-named-item.ts'
import { listItems } from '../../ledger/list-items.ts'
import { retryItem } from '../../ledger/retry-item.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { openProject, type OpenProject, sayNothingYet } from '../open-project.ts'
import { itemDocument } from '../report/item-document.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { ledgerTexts } from '../texts/ledger-texts.ts'
import { usageTexts } from '../texts/usage-texts.ts'
import { whoAsks } from '../who-asks.ts'

/** What `--all` sends back; a cancelled item must be named. */
const ALL_STATES: readonly ItemState[] = ['failed_layout', 'failed_system', 'refused']
const RETRYABLE: readonly ItemState[] = [...ALL_STATES, 'cancelled']

interface RetryOptions extends CommonOptions {
  readonly all?: true | undefined
  readonly json?: true | undefined
}

/** `cauce retry`: sends items back to pending; 64 when one of those named cannot be. */
export async function retryCommand(
  cli: Cli,
  { pipeline, items }: { readonly pipeline: string; readonly items: readonly string[] },
  options: RetryOptions,
): Promise<number> {
  const { speaker, out, err } = cli
  if (items.length > 0 && options.all === true)
    throw new CauceError('USAGE', { detail: speaker.say(usageTexts.namedAndAll) })
  if (items.length === 0 && options.all !== true)
    throw new CauceError('USAGE', { detail: speaker.say(usageTexts.nothingNamed) })
  await using open = await openProject(cli, options)
  if (open === undefined) {
    if (options.json !== true) await sayNothingYet(cli, options)
    else out.line(JSON.stringify({ retried: [], refused: [] }, undefined, 2))
    return EXIT_CODES.done
  }
  choosePipeline(open.project, pipeline)
  const ends = await retryAll(cli, open, await named(open, pipeline, items))
  if (options.json === true) {
    const document = (wanted: boolean): unknown =>
      ends
        .filter(({ isRetried }) => isRetried === wanted)
        .map(({ item }) => itemDocument(item, open.labelOf(item), speaker))
    out.line(JSON.stringify({ retried: document(true), refused: document(false) }, undefined, 2))
  } else if (ends.length === 0) out.line(speaker.say(ledgerTexts.nothingToRetry))
  else
    for (const { item, isRetried } of ends) {
      const key = visibleText(item.key)
      if (isRetried) out.line(`${out.paint('good', '✓')} ${speaker.say(ledgerTexts.retried, { key })}`)
      else
        err.line(
          `${err.paint('bad', '✗')} ${speaker.say(ledgerTexts.notRetried, { key, state: open.labelOf(item) })}`,
        )
    }
  return ends.every(({ isRetried }) => isRetried) ? EXIT_CODES.done : EXIT_CODES.usage
}

async function named(
  { ledger }: OpenProject,
  pipeline: string,
  names: readonly string[],
): Promise<readonly ItemRow[]> {
  if (names.length === 0) return (await listItems(ledger, { pipeline, states: ALL_STATES })).toReversed()
  const items: ItemRow[] = []
  for (const name of names)
    items.push(
      await findNamedItem(ledger, { name, pipeline, accepts: ({ state }) => RETRYABLE.includes(state) }),
    )
  return items
}

interface RetryEnd {
  readonly item: ItemRow
  readonly isRetried: boolean
}

async function retryAll(
  { speaker, clock }: Cli,
  { ledger }: OpenProject,
  items: readonly ItemRow[],
): Promise<readonly RetryEnd[]> {
  const by = whoAsks()
  const ends: RetryEnd[] = []
  for (const item of items) {
    const moved = await retryItem(ledger, {
      id: item.id,
      by,
      reason: speaker.say(ledgerTexts.retryReason),
      nowMs: clock.now(),
    })
    ends.push({ item: moved ?? item, isRetried: moved !== undefined })
  }
  return ends
}
