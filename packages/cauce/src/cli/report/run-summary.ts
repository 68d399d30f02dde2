import type { ItemState } from '../../model/item-state.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { labelOf, ownItems, totalsOf } from '../../ops/run-document.ts'
import type { PipelineRun } from '../../ops/run-project.ts'
import type { Cli, CommonOptions } from '../cli.ts'
import { commandHint } from '../command-hint.ts'
import { showError } from '../show-error.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { runCounts, runTexts } from '../texts/run-texts.ts'
import { runWords } from '../texts/run-words.ts'
import { showItemList } from './item-list.ts'
import { itemTable } from './item-table.ts'
import { runPlaces, type RunProject } from './run-places.ts'
import { runStyle } from './state-style.ts'

/** A longer table says less: what needs nobody is then left to `cauce items`. */
const MOST_ROWS = 40

/** Of the files that share a remark. */
const MOST_NAMED = 3

const SETTLED_WELL: readonly ItemState[] = ['ready', 'duplicate', 'superseded']

/**
 * What became of a run, for people: a line per item, what went wrong and what to do, and where to look. Commands are suggested
 * only where there are options by which they find the project.
 */
export function showRun(
  cli: Cli,
  options: CommonOptions | undefined,
  run: PipelineRun,
  project: RunProject,
): void {
  const { out, speaker } = cli
  const items = ownItems(run.result?.items ?? [])
  const labelled = ({ state }: ItemRow): string => labelOf(state, run.pipeline.plan)
  showHeading(cli, run, items.length)
  showItems(cli, options, run, items)
  showBreak(cli, run)
  showItemList(cli, options, {
    title: speaker.say(runTexts.problems),
    items: items.filter((item) => isProblem(item, run)),
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
  // A run that broke off before it found anything changed nothing worth looking at.
  if (run.error === undefined || items.length > 0) runPlaces(cli, options, run, project)
  out.line()
}

function showItems(
  cli: Cli,
  options: CommonOptions | undefined,
  run: PipelineRun,
  items: readonly ItemRow[],
): void {
  const { out, speaker } = cli
  if (items.length === 0) return
  const shown = shownItems(items)
  const table = itemTable(shown, speaker, {
    labelOf: ({ state }) => labelOf(state, run.pipeline.plan),
    totals: items.length > 1 ? totalsOf(items) : undefined,
  })
  out.line()
  for (const line of tableLines(table, out)) out.line(line)
  if (shown.length === items.length) return
  const n = speaker.figures.count(items.length - shown.length)
  if (options === undefined) return out.line(`  ${speaker.say(runTexts.more, { n })}`)
  const command = commandHint(cli, options, ['items', '--pipeline', run.pipeline.name])
  out.line(wrapLine(out, '  ', speaker.say(runTexts.moreItems, { n, command })))
}

function showHeading({ out, speaker }: Cli, run: PipelineRun, itemCount: number): void {
  const { state, error, pipeline, startedMs, finishedMs } = run
  const word = out.paint(runStyle(state), speaker.say(runWords[state]))
  const count = itemCount === 0 ? speaker.say(runTexts.nothingNew) : speaker.count(runCounts.items, itemCount)
  const figures = [
    ...(error !== undefined && itemCount === 0 ? [] : [count]),
    speaker.figures.duration(finishedMs - startedMs),
  ].join(' · ')
  out.line(`${out.paint('heading', visibleText(pipeline.name))}  ${word}  ${out.paint('quiet', figures)}`)
}

/** All, or where they are too many those that a person should see. */
function shownItems(items: readonly ItemRow[]): readonly ItemRow[] {
  if (items.length <= MOST_ROWS) return items
  return items.filter(({ state }) => !SETTLED_WELL.includes(state)).slice(0, MOST_ROWS)
}

/** What an interruption sent back is no problem: it was asked for. */
function isProblem({ state, errorCode }: ItemRow, run: PipelineRun): boolean {
  if (errorCode === null || (run.state === 'interrupted' && state === 'pending')) return false
  return !SETTLED_WELL.includes(state) && state !== 'ready_with_rejects'
}

function showBreak({ out, speaker }: Cli, { error, state }: PipelineRun): void {
  if (state === 'interrupted') out.line(`\n${wrapLine(out, '  ', speaker.say(runTexts.interruptedHint))}`)
  if (error === undefined) return
  out.line(`\n${out.paint('heading', speaker.say(runTexts.brokeOff))}`)
  showError(error, speaker, out)
}

/** A remark that many files share is said once. */
function showNotes({ out, speaker }: Cli, { result }: PipelineRun): void {
  const files = new Map<string, string[]>()
  for (const { item, outcome } of result?.carried ?? [])
    for (const note of outcome.notes) {
      const text = note[speaker.language]
      files.set(text, [...(files.get(text) ?? []), item.key])
    }
  if (files.size === 0) return
  out.line(`\n${out.paint('heading', speaker.say(runTexts.notes))}`)
  for (const [note, keys] of [...files].slice(0, MOST_ROWS)) {
    const named = keys.slice(0, MOST_NAMED).map(visibleText).join(', ')
    const left = keys.length - MOST_NAMED
    const more = left > 0 ? ` ${speaker.say(runTexts.more, { n: speaker.figures.count(left) })}` : ''
    out.line(wrapLine(out, '  ', `${visibleText(note)}  ${out.paint('quiet', named + more)}`))
  }
  const left = files.size - MOST_ROWS
  if (left > 0) out.line(`  ${speaker.say(runTexts.more, { n: speaker.figures.count(left) })}`)
}
