import { momentOf, type CellValue } from './cell-value.ts'
import type { NumberKind } from './cell-styles.ts'
import { unreadable, type WorkbookArchive } from './workbook-archive.ts'
import { attribute, decodeEscapes, longer, pushXml, XmlScanner, type XmlHandler } from './xml-scanner.ts'

/** Tables a sheet's cells refer to. */
export interface CellTables {
  readonly strings: readonly string[]
  readonly styles: readonly NumberKind[]
  readonly is1904: boolean
}

/** A row of a sheet that has a value, by its cells' columns from 0. */
export interface SheetRow {
  /** As Excel numbers it, from 1. */
  readonly row: number
  readonly cells: ReadonlyMap<number, CellValue>
}

/** The rows of a sheet that are not empty, from the top, one chunk of the part in memory at a time. */
export async function* sheetRows(
  archive: WorkbookArchive,
  part: string,
  tables: CellTables,
): AsyncGenerator<SheetRow, void, undefined> {
  const rows = new RowScanner(tables)
  const scanner = new XmlScanner(rows)
  for await (const chunk of archive.chunks(part)) {
    pushXml(scanner, chunk, archive, part)
    yield* rows.take()
  }
  if (!rows.isWhole || !scanner.end()) throw unreadable(archive.file, `its part ${part} is cut short`)
}

/** Merged cells of a sheet, as they are written: `B1:D1`. They stand behind its rows. */
export async function mergedCells(archive: WorkbookArchive, part: string): Promise<readonly string[]> {
  const found: string[] = []
  let rest = ''
  for await (const chunk of archive.chunks(part)) {
    const text = rest + chunk
    for (const [, reference = ''] of text.matchAll(/<(?:\w+:)?mergeCell\s[^>]*?ref=["']([^"']+)["']/g))
      found.push(reference)
    // A tag may be cut by the chunk's end, but none is seen twice.
    const open = text.lastIndexOf('<')
    rest = open > text.lastIndexOf('>') ? text.slice(open) : ''
  }
  return found
}

class RowScanner implements XmlHandler {
  /** Whether the sheet's end was seen. */
  isWhole = false
  readonly #tables: CellTables
  #rows: SheetRow[] = []
  #row = 0
  #inRow = false
  #column = -1
  #cells = new Map<number, CellValue>()
  #type = ''
  #style = 0
  #value = ''
  #inline = ''
  #taken: 'value' | 'inline' | undefined
  #phonetic = 0

  constructor(tables: CellTables) {
    this.#tables = tables
  }

  take(): readonly SheetRow[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  open(name: string, attributes: string): void {
    switch (name) {
      case 'row':
        this.#row = Number(attribute(attributes, 'r') ?? this.#row + 1)
        this.#column = -1
        this.#cells = new Map()
        this.#inRow = true
        break
      case 'c':
        this.#openCell(attributes)
        break
      case 'v':
        this.#taken = 'value'
        break
      case 't':
        this.#taken = this.#phonetic === 0 ? 'inline' : undefined
        break
      case 'rPh':
        this.#phonetic++
        break
    }
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.#taken = undefined
        break
      case 'rPh':
        this.#phonetic--
        break
      case 'c': {
        const value = this.#cellValue()
        if (value !== undefined) this.#cells.set(this.#column, value)
        break
      }
      case 'row':
        this.#inRow = false
        if (this.#cells.size > 0) this.#rows.push({ row: this.#row, cells: this.#cells })
        break
      case 'worksheet':
        this.isWhole = !this.#inRow
        break
    }
  }

  text(text: string): void {
    if (this.#taken === 'value') this.#value = longer(this.#value, text)
    else if (this.#taken === 'inline') this.#inline = longer(this.#inline, text)
  }

  #openCell(attributes: string): void {
    const reference = attribute(attributes, 'r')
    this.#column = reference === undefined ? this.#column + 1 : columnOf(reference)
    this.#type = attribute(attributes, 't') ?? 'n'
    this.#style = Number(attribute(attributes, 's') ?? 0)
    this.#value = ''
    this.#inline = ''
  }

  #cellValue(): CellValue | undefined {
    const value = this.#value
    switch (this.#type) {
      case 'inlineStr':
        return textValue(decodeEscapes(this.#inline))
      case 's':
        return value === '' ? undefined : textValue(this.#tables.strings[Number(value)])
      case 'str':
        return textValue(decodeEscapes(value))
      case 'b':
        return value === '' ? undefined : { kind: 'boolean', value: /^(1|true)$/i.test(value.trim()) }
      case 'e':
        return value === '' ? undefined : { kind: 'error', text: value }
      case 'd':
        return isoValue(value)
      default:
        return this.#number(value)
    }
  }

  #number(text: string): CellValue | undefined {
    if (text.trim() === '') return undefined
    const number = Number(text)
    if (Number.isNaN(number)) return textValue(text)
    const kind = this.#tables.styles[this.#style] ?? 'number'
    if (kind === 'moment') return momentOf(number, this.#tables.is1904)
    return kind === 'duration' ? { kind, ms: Math.round(number * 86_400_000) } : { kind: 'number', number }
  }
}

/** An empty text is a value: a formula may give it. */
function textValue(text: string | undefined): CellValue | undefined {
  return text === undefined ? undefined : { kind: 'text', text }
}

/** A date as the strict form of the format may write it. */
function isoValue(text: string): CellValue | undefined {
  if (text === '') return undefined
  const isZoneless = text.includes('T') && !/(Z|[+-][0-9]{2}:?[0-9]{2})$/.test(text)
  const ms = Date.parse(isZoneless ? `${text}Z` : text)
  return Number.isNaN(ms) ? { kind: 'text', text } : { kind: 'moment', ms }
}

/** `C12` is 2. */
function columnOf(reference: string): number {
  let column = 0
  for (const character of reference) {
    const code = character.charCodeAt(0) & 0xdf
    if (code < 0x41 || code > 0x5a) break
    column = column * 26 + code - 0x40
  }
  return column - 1
}

/** 2 is `C`. */
export function columnLetters(column: number): string {
  let letters = ''
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(0x41 + ((rest - 1) % 26)) + letters
  return letters
}
