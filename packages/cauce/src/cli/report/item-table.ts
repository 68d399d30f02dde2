import type { RowCounts } from '../../model/item-state.ts'
import type { ItemRow } from '../../ledger/tables.ts'
import { totalsOf } from '../../ops/run-document.ts'
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

/** Columns that tell what the rows of something became. */
export function countColumns({ say }: Speaker): readonly TableColumn[] {
  return COUNTS.map((name) => ({
    title: say(runTexts[name]),
    align: 'right',
    optional: name === 'skipped' || name === 'warnings',
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
  { labelOf, hasTotals }: { readonly labelOf: (item: ItemRow) => string; readonly hasTotals: boolean },
): Table {
  const { say } = speaker
  const totals = totalsOf(items)
  return {
    columns: [
      { title: say(runTexts.key), shrinksTo: 12 },
      { title: say(runTexts.state), shrinksTo: 12 },
      ...countColumns(speaker),
    ],
    rows: items.map((item) => [
      { text: visibleText(item.key) },
      { text: visibleText(labelOf(item)), style: stateStyle(item.state) },
      ...countCells(item, speaker),
    ]),
    ...(hasTotals &&
      items.length > 1 && {
        footer: [
          { text: speaker.count(runCounts.items, items.length) },
          { text: '' },
          ...countCells(totals, speaker),
        ],
      }),
  }
}
