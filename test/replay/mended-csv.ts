/** Rows of an exported file of rejects, by column name. */
export type MendedRow = Record<string, string>

/** How a spreadsheet writes what a person mended. */
export interface SheetForm {
  readonly delimiter: ',' | ';' | '\t'
  readonly lineEnd: '\n' | '\r\n'
  readonly quotes: 'everywhere' | 'where needed'
  readonly encoding: 'utf-8' | 'utf-8 with mark' | 'windows-1252' | 'utf-16'
}

/** As our own export writes it. */
const AS_EXPORTED: SheetForm = {
  delimiter: ',',
  lineEnd: '\n',
  quotes: 'where needed',
  encoding: 'utf-8 with mark',
}

/** Reads an export: UTF-8 with a mark, commas, quotes doubled. */
export function parseMended(bytes: Buffer): readonly MendedRow[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  const [header = [], ...records] = parseRecords(text)
  return records.map((fields) => Object.fromEntries(header.map((name, i) => [name, fields[i] ?? ''])))
}

function parseRecords(text: string): string[][] {
  const records: string[][] = []
  let record: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/y
  while (field.lastIndex < text.length) {
    const [, quoted, plain = '', end] = field.exec(text) ?? []
    if (end === undefined) throw new Error(`no field at ${field.lastIndex}`)
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    records.push(record)
    record = []
  }
  return records
}

/** Writes rows as a spreadsheet saves them. */
export function writeMended(rows: readonly MendedRow[], form: Partial<SheetForm> = {}): Buffer {
  const { delimiter, lineEnd, quotes, encoding } = { ...AS_EXPORTED, ...form }
  const names = Object.keys(rows[0] ?? {})
  const quoted = (text: string): string =>
    quotes === 'everywhere' || /["\r\n]/.test(text) || text.includes(delimiter)
      ? `"${text.replaceAll('"', '""')}"`
      : text
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
  return encoded(lines.map((fields) => fields.map(quoted).join(delimiter) + lineEnd).join(''), encoding)
}

function encoded(text: string, encoding: SheetForm['encoding']): Buffer {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text)
    case 'utf-8 with mark':
      return Buffer.from(`\uFEFF${text}`)
    case 'utf-16':
      return Buffer.from(`\uFEFF${text}`, 'utf16le')
    case 'windows-1252':
      if (/[^\0-\x7f\xa0-\xff]/.test(text)) throw new Error('not in this code page')
      return Buffer.from(text, 'latin1')
  }
}
