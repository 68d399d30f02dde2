import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Table } from './table.ts'
import { tableLines } from './table-lines.ts'
import { textWidth } from './text-width.ts'

const plain = (width: number) => ({ width, paint: (_style: unknown, text: string) => text })

const table: Table = {
  columns: [
    { title: 'item', shrinksTo: 10 },
    { title: 'read', align: 'right', dropRank: 2 },
    { title: 'skipped', align: 'right', dropRank: 1 },
    { title: 'meaning', shrinksTo: 12, wraps: true },
  ],
  rows: [
    [
      { text: 'report_7.txt' },
      { text: '1,006' },
      { text: '0', isEmpty: true },
      { text: 'a text of five words' },
    ],
    [{ text: '報告書.txt' }, { text: '7' }, { text: '0', isEmpty: true }, { text: '' }],
  ],
  footer: [{ text: '2 items' }, { text: '1,013' }, { text: '0', isEmpty: true }],
}

test('columns are aligned by what they take on the screen, numbers to the right', () => {
  expect(tableLines(table, plain(Number.POSITIVE_INFINITY))).toEqual([
    '  item           read  skipped  meaning',
    '  report_7.txt  1,006        0  a text of five words',
    '  報告書.txt        7        0',
    '  ──────────────────────────────────────────────────',
    '  2 items       1,013        0',
  ])
})

test('on a narrow screen a column that says nothing goes before anything is shortened', () => {
  expect(tableLines(table, plain(46)).slice(0, 2)).toEqual([
    '  item           read  meaning',
    '  report_7.txt  1,006  a text of five words',
  ])
})

test('on a narrower one texts wrap, names lose their middle, and then columns go by rank', () => {
  expect(tableLines(table, plain(33)).slice(0, 3)).toEqual([
    '  item         read  meaning',
    '  repor….txt  1,006  a text of',
    '                     five words',
  ])
  expect(tableLines(table, plain(28))[0]).toBe('  item          meaning')
})

test('no line is wider than a screen that columns can give way to', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 30 })
  const rows = fc.array(fc.tuple(word, word, word, word), { maxLength: 5 })
  fc.assert(
    fc.property(rows, fc.integer({ min: 30, max: 90 }), (texts, width) => {
      const made: Table = { columns: table.columns, rows: texts.map((row) => row.map((text) => ({ text }))) }
      for (const line of tableLines(made, plain(width))) expect(textWidth(line)).toBeLessThanOrEqual(width)
    }),
  )
})
