import { storedError } from '../../ledger/stored-error.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint, itemWord } from '../command-hint.ts'
import { errorText } from '../show-error.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { runTexts } from '../texts/run-texts.ts'
import { stateStyle } from './state-style.ts'

/** Longer lists hide what they tell. */
const MOST_ITEMS = 40

export interface ItemList {
  readonly title: string
  readonly items: readonly ItemRow[]
  readonly labelOf: (item: ItemRow) => string
  /** Says since when. */
  readonly hasDates: boolean
}

/** Items that need somebody: what went wrong with each, and what a person can do. Nothing for none. */
export function showItemList(
  cli: Cli,
  options: CommonOptions | undefined,
  { title, items, labelOf, hasDates }: ItemList,
): void {
  const { out, speaker } = cli
  if (items.length === 0) return
  out.line(`\n${out.paint('heading', title)}`)
  for (const item of items.slice(0, MOST_ITEMS)) {
    const label = out.paint(stateStyle(item.state), visibleText(labelOf(item)))
    const moment = speaker.figures.moment(item.finishedMs ?? item.updatedMs)
    const since = hasDates ? `  ${out.paint('quiet', speaker.say(runTexts.since, { moment }))}` : ''
    out.line(`  ${visibleText(item.key)}  ${label}${since}`)
    showStoredError(cli, item)
    const remedy = options === undefined ? undefined : remedyFor(cli, options, item)
    if (remedy !== undefined) out.line(wrapLine(out, `    ${out.paint('good', '→')} `, remedy, 6))
  }
  const left = items.length - MOST_ITEMS
  if (left > 0) out.line(`  ${speaker.say(runTexts.more, { n: speaker.figures.count(left) })}`)
}

function showStoredError({ out, speaker }: Cli, item: ItemRow): void {
  const error = storedError(item)
  if (error === undefined) return
  for (const [index, line] of errorText(error, speaker).split('\n').entries())
    out.line(index === 0 ? wrapLine(out, '    ', line) : line)
}

/** What a person can do about an item in its state; undefined: nothing needs doing. */
export function remedyFor(cli: Cli, options: CommonOptions, item: ItemRow): string | undefined {
  const { say } = cli.speaker
  const words = ['retry', item.pipeline, itemWord(item)]
  const command = commandHint(cli, options, words)
  switch (item.state) {
    case 'failed_layout':
      return say(item.kind === 'replay' ? runTexts.remedyReplay : runTexts.remedyLayout, { command })
    case 'refused':
      return say(runTexts.remedyRefused, { command })
    case 'failed_system':
      return say(runTexts.remedySystem)
    case 'pending':
      return say(runTexts.remedyPending)
    case 'extracting':
    case 'transforming':
    case 'loading':
    case 'ready':
    case 'ready_with_rejects':
    case 'duplicate':
    case 'superseded':
    case 'cancelled':
      return undefined
  }
}
