import type { ReportForm } from './report-lines.ts'

const MONDAYS_AT_HALF_PAST_SIX = ['2026-09-14', '2026-09-21', '2026-09-28', '2026-10-05', '2026-10-12'].map(
  (day) => Date.parse(`${day}T18:30:00Z`) / 60_000,
)

/** What is special about each sample; the rest is alike. The seeds are such that every quirk of the real files occurs. */
const SPECIAL: readonly Partial<ReportForm>[] = [
  { seed: 99, rows: 420 },
  { seed: 1101, rows: 400, secondHeader: 'jyv' },
  // Rows to be rejected: bad addresses, dates, numbers and widths.
  { seed: 2006, rows: 380, secondHeader: 'fgh', dirtyShare: 0.06 },
  // One column too many, as a real one came: the file as a whole is refused.
  { seed: 3092, rows: 300, sixteenColumns: true, lineEnd: '\n' },
  // Its last line is not ended.
  { seed: 4379, rows: 260, secondHeader: 'jyv', endsWithLineEnd: false },
]

/** The sample files, `report_1.txt` first. */
export const SAMPLES: readonly ReportForm[] = SPECIAL.map((special, index) => ({
  seed: 0,
  rows: 0,
  sentMinutes: MONDAYS_AT_HALF_PAST_SIX[index] ?? 0,
  secondHeader: 'jk',
  dirtyShare: 0,
  sixteenColumns: false,
  lineEnd: '\r\n',
  endsWithLineEnd: true,
  firstPerson: SPECIAL.slice(0, index).reduce((sum, { rows = 0 }) => sum + rows, 0),
  returningShare: 0.012,
  ...special,
}))
