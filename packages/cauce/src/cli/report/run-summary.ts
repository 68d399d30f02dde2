import type { ItemState } from '../../model/item-state.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { labelOf, ownItems } from '../../ops/run-document.ts'
import type { PipelineRun } from '../../ops/run-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint } from '../command-hint.ts'
import { showError } from '../show-error.ts'
import { tableLines } from '../terminal/table.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { runCounts, runTexts } from '../texts/run-texts.ts'
import { runWords } from '../texts/run-words.ts'
import { showItemList } from './item-list.ts'
import { itemTable } from './item-table.ts'
import { runPlaces } from './run-places.ts'
import { runStyle } from './state-style.ts'

/** A longer table says less: what needs nobody is then left to `cauce items`. */
const MOST_ROWS = 40

const SETTLED_WELL: readonly ItemState[] = ['ready', 'duplicate', 'superseded']

/** What became of a run, for people: a line per item, what went wrong and what to do, and where to look. */
export function showRun(cli: Cli, options: CommonOptions, run: PipelineRun, rejectsFolder: string): void {
  const { out, speaker } = cli
  const items = ownItems(run.result?.items ?? [])
  const shown = shownItems(items)
  const labelled = ({ state }: ItemRow): string => labelOf(state, run.pipeline.plan)
  showHeading(cli, run, items.length)
  if (shown.length > 0) {
    const table = itemTable(shown, speaker, {
      labelOf: labelled,
      hasTotals: shown.length === items.length,
    })
    out.line()
    for (const line of tableLines(table, out)) out.line(line)
    if (shown.length < items.length) {
      const command = commandHint(cli, options, ['items', '--pipeline', run.pipeline.name])
      const n = speaker.figures.count(items.length - shown.length)
      out.line(`  ${speaker.say(runTexts.moreItems, { n, command: out.paint('command', command) })}`)
    }
  }
  showBreak(cli, run)
  showItemList(cli, options, {
    title: speaker.say(runTexts.problems),
    items: items.filter(isProblem),
    labelOf: labelled,
    hasDates: false,
  })
  showNotes(cli, run)
  showItemList(cli, options, {
    title: speaker.say(runTexts.waiting),
    items: ownItems(run.result?.waiting ?? []),
    labelOf: labelled,
    hasDates: true,
  })
  runPlaces(cli, options, run, rejectsFolder)
  out.line()
}

function showHeading({ out, speaker }: Cli, run: PipelineRun, itemCount: number): void {
  const { state, pipeline, startedMs, finishedMs } = run
  const word = out.paint(runStyle(state), speaker.say(runWords[state]))
  const count = itemCount === 0 ? speaker.say(runTexts.nothingNew) : speaker.count(runCounts.items, itemCount)
  const figures = `${count} · ${speaker.figures.duration(finishedMs - startedMs)}`
  out.line(`${out.paint('heading', pipeline.name)}  ${word}  ${out.paint('quiet', figures)}`)
}

/** All, or where they are too many those that a person should see. */
function shownItems(items: readonly ItemRow[]): readonly ItemRow[] {
  if (items.length <= MOST_ROWS) return items
  return items.filter(({ state }) => !SETTLED_WELL.includes(state)).slice(0, MOST_ROWS)
}

function isProblem(item: ItemRow): boolean {
  return item.errorCode !== null && !SETTLED_WELL.includes(item.state) && item.state !== 'ready_with_rejects'
}

function showBreak({ out, speaker }: Cli, { error, state }: PipelineRun): void {
  if (state === 'interrupted') out.line(`\n${wrapLine(out, '  ', speaker.say(runTexts.interruptedHint))}`)
  if (error === undefined) return
  out.line(`\n${out.paint('heading', speaker.say(runTexts.brokeOff))}`)
  showError(error, speaker, out)
}

function showNotes({ out, speaker }: Cli, { result }: PipelineRun): void {
  const notes = (result?.carried ?? []).flatMap(({ item, outcome }) =>
    outcome.notes.map((note) => ({ key: item.key, note })),
  )
  if (notes.length === 0) return
  out.line(`\n${out.paint('heading', speaker.say(runTexts.notes))}`)
  for (const { key, note } of notes.slice(0, MOST_ROWS))
    out.line(wrapLine(out, `  ${visibleText(key)}  `, visibleText(note[speaker.language])))
  const left = notes.length - MOST_ROWS
  if (left > 0) out.line(`  ${speaker.say(runTexts.more, { n: speaker.figures.count(left) })}`)
}
