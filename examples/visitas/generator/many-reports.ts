import type { ReportForm } from './report-lines.ts'

const HEADERS = ['jk', 'jyv', 'fgh'] as const
const FIRST_SENT_MINUTES = Date.parse('2026-01-05T18:30:00Z') / 60_000
const MINUTES_PER_DAY = 24 * 60

/** A set of reports for measuring: as many as wanted, a mailing a day, four rows in ten about people who had mail before. */
export function* manyReports(set: {
  readonly files: number
  readonly rowsPerFile: number
  readonly dirtyShare: number
  /** The same in every file; undefined: another from file to file. */
  readonly secondHeader: string | undefined
  readonly seed: number
}): Generator<ReportForm> {
  for (let file = 0; file < set.files; file++)
    yield {
      seed: set.seed * 1_000_003 + file * 101,
      rows: set.rowsPerFile,
      sentMinutes: FIRST_SENT_MINUTES + (file % 300) * MINUTES_PER_DAY,
      secondHeader: set.secondHeader ?? HEADERS[file % HEADERS.length] ?? 'jk',
      dirtyShare: set.dirtyShare,
      sixteenColumns: false,
      lineEnd: '\r\n',
      endsWithLineEnd: true,
      firstPerson: file * set.rowsPerFile,
      returningShare: 0.4,
    }
}
