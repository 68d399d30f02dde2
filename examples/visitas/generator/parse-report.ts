/** One line of a report: its fields, and which of them stood between quotes. */
export interface ReportRow {
  readonly fields: readonly string[]
  readonly quoted: readonly boolean[]
}

export interface Report {
  readonly header: readonly string[]
  readonly rows: readonly ReportRow[]
}

/** Takes a report apart. Enough for these files only: no line ends inside quotes. */
export function parseReport(text: string): Report {
  const [header, ...rows] = text.trimEnd().split(/\r?\n/).map(parseLine)
  return { header: header?.fields ?? [], rows }
}

function parseLine(line: string): ReportRow {
  const raw = line.match(/(?<=^|,)("(?:[^"]|"")*"|[^,]*)(?=,|$)/g) ?? []
  return {
    fields: raw.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)),
    quoted: raw.map((field) => field.startsWith('"')),
  }
}
