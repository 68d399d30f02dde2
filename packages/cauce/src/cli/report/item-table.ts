import type { RowCounts } from '../../model/item-state.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import type { RunTotals } from '../../ops/run-document.ts'
import type { Speaker } from '../speaker.ts'
import type { Table, TableCell, TableColumn } from '../terminal/table.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { runCounts, runTexts } from '../texts/run-texts.ts'
import { stateStyle } from './state-style.ts'

const COUNTS = [
  'read',
  'loaded',
  'rejected',
  'skipped',
  'warnings',
] as const satisfies readonly (keyof RowCounts)[]

/** On a narrow screen: what is read is the sum of the others. */
const DROP_RANKS: Readonly<Partial<Record<keyof RowCounts, number>>> = { skipped: 1, read: 2, warnings: 3 }

/** Columns that tell what the rows of something became. */
export function countColumns({ say }: Speaker): readonly TableColumn[] {
  return COUNTS.map((name) => ({
    title: say(runTexts[name]),
    align: 'right',
    ...(DROP_RANKS[name] !== undefined && { dropRank: DROP_RANKS[name] }),
  }))
}

/** Their cells; zeros step back. */
export function countCells(counts: RowCounts, { figures }: Speaker): readonly TableCell[] {
  return COUNTS.map((name) => {
    const value = counts[name]
    if (value === 0) return { text: '0', style: 'quiet', isEmpty: true }
    return { text: figures.count(value), style: name === 'rejected' ? 'warning' : undefined }
  })
}

/** Items, one a line: key, state in the pipeline's own word, and what its rows became; below it the sums. */
export function itemTable(
  items: readonly ItemRow[],
  speaker: Speaker,
  {
    labelOf,
    totals,
  }: { readonly labelOf: (item: ItemRow) => string; readonly totals: RunTotals | undefined },
): Table {
  const { say } = speaker
  return {
    columns: [
      { title: say(runTexts.key), shrinksTo: 24 },
      { title: say(runTexts.state), shrinksTo: 22 },
      ...countColumns(speaker),
    ],
    rows: items.map((item) => [
      { text: visibleText(item.key) },
      { text: visibleText(labelOf(item)), style: stateStyle(item.state) },
      ...countCells(item, speaker),
    ]),
    ...(totals !== undefined && {
      footer: [
        { text: speaker.count(runCounts.items, totals.items) },
        { text: '' },
        ...countCells(totals, speaker),
      ],
    }),
  }
}
