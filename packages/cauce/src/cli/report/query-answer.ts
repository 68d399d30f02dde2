import type { QueryResult, QueryValue } from '../../connectors/destination.ts'
import type { Cli } from '../cli.ts'
import { GAP, type Table, type TableCell } from '../terminal/table.ts'
import { tableLines } from '../terminal/table-lines.ts'
import { textWidth } from '../terminal/text-width.ts'
import { visibleText } from '../terminal/visible-text.ts'
import { wrapLine } from '../terminal/wrap.ts'
import { sqlCounts, sqlTexts } from '../texts/sql-texts.ts'

/** Of longer values the beginning is shown; whoever wants all of one asks for JSON. */
const MOST_CHARACTERS = 500

/** A column narrower than this says too little: then each row is shown by itself. */
const LEAST_WIDTH = 12

/** A query's answer as a table or, where the screen is too narrow for that, row by row. Values obey nothing. */
export function showAnswer(cli: Cli, answer: QueryResult): void {
  const { out, speaker } = cli
  const table = answerTable(answer)
  const lines = fits(table, out.width) ? tableLines(table, out) : recordLines(cli, table)
  for (const line of lines) out.line(line)
  const said = speaker.count(answer.hasMore ? sqlCounts.firstRows : sqlCounts.rows, answer.rows.length)
  out.line(`${GAP}${out.paint('quiet', said)}`)
}

function answerTable({ columns, rows }: QueryResult): Table {
  return {
    columns: columns.map((name, index) => ({
      title: visibleText(name),
      shrinksTo: LEAST_WIDTH,
      align: rows.some((row) => typeof row[index] === 'number') ? 'right' : 'left',
    })),
    rows: rows.map((row) => row.map(cellOf)),
  }
}

function cellOf(value: QueryValue): TableCell {
  if (value === null) return { text: 'NULL', style: 'quiet' }
  const text = String(value)
  const shown = visibleText(text.slice(0, MOST_CHARACTERS))
  return { text: text.length > MOST_CHARACTERS ? `${shown}…` : shown }
}

function fits({ columns, rows }: Table, width: number): boolean {
  const least = columns.map(({ title }, index) =>
    Math.min(
      Math.max(LEAST_WIDTH, textWidth(title)),
      Math.max(textWidth(title), ...rows.map((cells) => textWidth(cells[index]?.text ?? ''))),
    ),
  )
  return least.reduce((sum, column) => sum + GAP.length + column, 0) <= width
}

function recordLines({ out, speaker }: Cli, { columns, rows }: Table): readonly string[] {
  const width = Math.max(...columns.map(({ title }) => textWidth(title)))
  return rows.flatMap((cells, row) => [
    out.paint('heading', `${GAP}${speaker.say(sqlTexts.row, { n: speaker.figures.count(row + 1) })}`),
    ...columns.map(({ title }, index) => {
      const { text, style } = cells[index] ?? { text: '' }
      const lead = `${GAP}${GAP}${out.paint('quiet', title)}${' '.repeat(width - textWidth(title))}${GAP}`
      return wrapLine(out, lead, style === undefined ? text : out.paint(style, text), width + 3 * GAP.length)
    }),
  ])
}
