import { Chance } from './chance.ts'
import { MOST_PEOPLE, personEmail } from './person.ts'
import { spoilRow } from './spoil-row.ts'
import { COLUMN_NAMES, lineOf, visitRow } from './visit-row.ts'

/** What one report file is to be like. */
export interface ReportForm {
  readonly seed: number
  readonly rows: number
  /** Minutes since 1970 UTC; the same in every row, since a report tells of one mailing. */
  readonly sentMinutes: number
  /** What the file calls its second column, which is always empty. */
  readonly secondHeader: string
  /** Share of rows that break the contract, 0 to 1. */
  readonly dirtyShare: number
  /** A column more than agreed, which makes the whole file one that must not be loaded. */
  readonly sixteenColumns: boolean
  readonly lineEnd: '\r\n' | '\n'
  readonly endsWithLineEnd: boolean
  /** The people who get mail from this file for the first time are numbered from here. */
  readonly firstPerson: number
  /** Share of rows about somebody with a lower number: in this file already, or in an earlier one. */
  readonly returningShare: number
}

export interface ReportChunk {
  readonly text: string
  /** Rows of the chunk that break the contract. */
  readonly broken: number
}

/** Lines kept in memory at a time. */
const CHUNK_ROWS = 2_000

/** The text of a report, header first, in pieces: a file of any size takes little memory. */
export function* reportLines(form: ReportForm): Generator<ReportChunk> {
  const chance = new Chance(form.seed)
  const header = [COLUMN_NAMES[0], form.secondHeader, ...COLUMN_NAMES.slice(2)]
  let text = lineOf(form.sixteenColumns ? [...header, 'dummy_int'] : header)
  let broken = 0
  for (let row = 0; row < form.rows; row++) {
    const fields = visitRow(personEmail(personOf(row, form, chance)), form.sentMinutes, chance)
    const isDirty = form.dirtyShare > 0 && chance.hits(form.dirtyShare)
    const written = isDirty ? spoilRow(fields, chance) : fields
    text += form.lineEnd + lineOf(form.sixteenColumns ? [...written, '1'] : written)
    if (isDirty) broken += 1
    if ((row + 1) % CHUNK_ROWS === 0) {
      yield { text, broken }
      text = ''
      broken = 0
    }
  }
  yield { text: form.endsWithLineEnd ? text + form.lineEnd : text, broken }
}

function personOf(row: number, { firstPerson, returningShare }: ReportForm, chance: Chance): number {
  const next = firstPerson + row
  const person = next > 0 && chance.hits(returningShare) ? chance.below(next) : next
  return person % MOST_PEOPLE
}
