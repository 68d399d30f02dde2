import type { WorkbookArchive } from './workbook-archive.ts'
import { attribute, XmlScanner, type XmlHandler } from './xml-scanner.ts'

/** What the format of a cell makes of its number. */
export type NumberKind = 'number' | 'moment' | 'duration'

/** For each style a cell can name, what its number is. */
export async function cellStyles(archive: WorkbookArchive, part: string): Promise<readonly NumberKind[]> {
  const table = new StyleTable()
  const scanner = new XmlScanner(table)
  for await (const chunk of archive.chunks(part)) scanner.push(chunk)
  return table.formats.map((id) => kindOf(id, table.codes.get(id)))
}

class StyleTable implements XmlHandler {
  readonly codes = new Map<number, string>()
  /** Number format of each style. */
  readonly formats: number[] = []
  #inCellFormats = false

  open(name: string, attributes: string): void {
    if (name === 'numFmt')
      this.codes.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '')
    else if (name === 'cellXfs') this.#inCellFormats = true
    else if (name === 'xf' && this.#inCellFormats)
      this.formats.push(Number(attribute(attributes, 'numFmtId') ?? 0))
  }

  close(name: string): void {
    if (name === 'cellXfs') this.#inCellFormats = false
  }

  text(): void {}
}

/** Formats Excel knows by number alone, those of its Asian editions included. */
const MOMENT_IDS: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
]
const ELAPSED_ID = 46

function kindOf(id: number, code: string | undefined): NumberKind {
  if (code !== undefined) return kindOfCode(code)
  if (id === ELAPSED_ID) return 'duration'
  return MOMENT_IDS.some(([first, last]) => id >= first && id <= last) ? 'moment' : 'number'
}

/** A format tells a moment when it holds a letter of one outside quotes, brackets and escapes; hours in brackets go beyond a day. */
export function kindOfCode(code: string): NumberKind {
  const bare = code.replaceAll(/"[^"]*"|\\.|[_*]./g, '')
  const [section = ''] = bare.split(';')
  if (/\[(h+|m+|s+)\]/i.test(section)) return 'duration'
  const letters = section.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/general/gi, '')
  return /[ymdhs]/i.test(letters) ? 'moment' : 'number'
}
