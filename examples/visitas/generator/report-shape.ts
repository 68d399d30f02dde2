import { parseReport, type Report, type ReportRow } from './parse-report.ts'
import { COLUMN_NAMES } from './visit-row.ts'

type ColumnName = (typeof COLUMN_NAMES)[number]

const DATE = /^[0-9]{2}\/[0-9]{2}\/[0-9]{4} [0-9]{2}:[0-9]{2}$/

/**
 * What can be said of a set of report files whose rows all keep the contract: two sets of one kind have equal shapes. The
 * second column's name, which changes from file to file, is left out.
 */
export function reportShape(texts: readonly string[]): Readonly<Record<string, unknown>> {
  const reports = texts.map(parseReport)
  return {
    lineEnds: sorted(texts.flatMap((text) => text.match(/\r?\n/g) ?? [])),
    headers: sorted(reports.map(({ header }) => header.with(1, '*').join(','))),
    ...columnShape(reports.flatMap(({ rows }) => rows)),
    ...visitShape(reports.flatMap(({ rows }) => rows)),
    ...mailShape(reports),
  }
}

/** Which values, marks and quotes stand in which columns. */
function columnShape(rows: readonly ReportRow[]): Readonly<Record<string, unknown>> {
  const having = (test: (value: string) => boolean): readonly string[] =>
    COLUMN_NAMES.filter((column) => rows.some((row) => test(value(row, column))))
  return {
    widths: sorted(rows.map(({ fields }) => String(fields.length))),
    secondColumn: sorted(rows.map((row) => value(row, 'jyv'))),
    badmail: sorted(rows.map((row) => value(row, 'Badmail'))),
    baja: sorted(rows.map((row) => value(row, 'Baja'))),
    links: sorted(rows.flatMap((row) => value(row, 'Links').split(','))),
    withDash: having((text) => text === '-'),
    withNothing: having((text) => text === ''),
    quoted: COLUMN_NAMES.filter((_, index) => rows.some(({ quoted }) => quoted[index])),
    withEmptyElementLast: having((text) => /[^,],$/.test(text)),
    withEmptyElementInside: having((text) => text.includes(',,')),
  }
}

/** How the fields of a row go together. */
function visitShape(rows: readonly ReportRow[]): Readonly<Record<string, unknown>> {
  const dates: readonly ColumnName[] = ['Fecha envio', 'Fecha open', 'Fecha click']
  const opened = rows.filter((row) => value(row, 'Fecha open') !== '-')
  const early = opened.filter((row) => minutes(value(row, 'Fecha open')) < minutes(value(row, 'Fecha envio')))
  return {
    datesAreWhole: rows.every((row) =>
      dates.every((column) => value(row, column) === '-' || DATE.test(value(row, column))),
    ),
    unopened: sorted(
      rows
        .filter((row) => value(row, 'Fecha open') === '-')
        .map(({ fields }) => fields.slice(6, 15).join(' ')),
    ),
    aboutHalfOpenedBeforeSending: early.length > opened.length * 0.4 && early.length < opened.length * 0.75,
    hardEverOpened: opened.some((row) => value(row, 'Badmail') === 'HARD'),
    clickedWithoutOpening: rows.some(
      (row) => value(row, 'Fecha click') !== '-' && value(row, 'Fecha open') === '-',
    ),
    linksAreAsManyAsClicks: rows.every((row) => {
      const links = value(row, 'Links')
      return (links === '-' ? 0 : links.split(',').length) === Number(value(row, 'Clicks'))
    }),
  }
}

/** How mails go together. */
function mailShape(reports: readonly Report[]): Readonly<Record<string, unknown>> {
  const mails = reports.map(({ rows }) => rows.map((row) => value(row, 'email')))
  const different = mails.map((addresses) => new Set(addresses))
  const all = different.flatMap((addresses) => [...addresses])
  return {
    oneSendingPerFile: reports.every(
      ({ rows }) => sorted(rows.map((row) => value(row, 'Fecha envio'))).length === 1,
    ),
    mailTwiceInAFile: mails.some((addresses, file) => addresses.length > (different[file]?.size ?? 0)),
    mailInSeveralFiles: new Set(all).size < all.length,
  }
}

function value(row: ReportRow, column: ColumnName): string {
  return row.fields[COLUMN_NAMES.indexOf(column)] ?? 'missing'
}

function minutes(date: string): number {
  const [day, month, year, hour, minute] = date.split(/\D/).map(Number)
  return Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute) / 60_000
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted()
}
