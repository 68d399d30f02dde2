import { join } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'
import type { ColumnPlan, XlsxReadPlan } from '../../model/plan.ts'
import type { UnpackLimits } from '../compression/bomb-guard.ts'
import { RECORD_FLAGS } from '../csv/csv-options.ts'
import type { LocatedRecord } from '../csv/locate-records.ts'
import type { PreparedRows } from '../prepared-rows.ts'
import { TextRows } from '../typed/text-rows.ts'
import { cellStyles } from './cell-styles.ts'
import { cellJson, spellCell, type CellValue } from './cell-value.ts'
import { chooseSheets } from './choose-sheets.ts'
import { sharedStrings } from './shared-strings.ts'
import { cellsWithin, findTable, type SheetTable } from './sheet-header.ts'
import { columnLetters, mergedCells, sheetRows, type CellTables } from './sheet-rows.ts'
import { readWorkbook } from './workbook.ts'
import { WorkbookArchive } from './workbook-archive.ts'

export interface OpenXlsxSettings extends UnpackLimits {
  /** The file's name for people. */
  readonly file: string
  readonly read: XlsxReadPlan
  readonly signal?: AbortSignal | undefined
}

/** A sheet that is read: its table, and for each of its columns the file's column it belongs to; undefined: the same. */
interface ChosenSheet {
  readonly name: string
  readonly part: string
  readonly table: SheetTable
  readonly places: readonly number[] | undefined
}

/** A row of data, its cells by the columns of the file. */
interface DataRow {
  readonly sheet: ChosenSheet
  readonly row: number
  readonly cells: ReadonlyMap<number, CellValue>
}

/** Columns beyond the header that are told from no value at all. */
export const XLSX_SPARE_COLUMNS = 1

/** A workbook whose sheets are chosen and whose headers are read. */
export class XlsxFile {
  /** Undefined without a header, or when there is no row at all. */
  readonly header: readonly string[] | undefined
  /** Number of columns; undefined when there is no row at all. */
  readonly width: number | undefined
  readonly #path: string
  readonly #archive: WorkbookArchive
  readonly #settings: OpenXlsxSettings
  readonly #tables: CellTables
  readonly #sheets: readonly ChosenSheet[]

  private constructor(
    path: string,
    archive: WorkbookArchive,
    settings: OpenXlsxSettings,
    tables: CellTables,
    sheets: readonly ChosenSheet[],
  ) {
    this.#path = path
    this.#archive = archive
    this.#settings = settings
    this.#tables = tables
    this.#sheets = sheets
    this.header = sheets[0]?.table.header
    this.width = sheets[0]?.table.width
  }

  /**
   * Opens a workbook: sizes are judged before anything is unpacked, then its sheets are chosen.
   * @throws {CauceError} FILE_UNREADABLE, FILE_BOMB, LAYOUT_COLUMNS when several sheets differ in their columns
   */
  static async open(path: string, settings: OpenXlsxSettings): Promise<XlsxFile> {
    const archive = await WorkbookArchive.open(path, settings.file, settings)
    try {
      const workbook = await readWorkbook(archive)
      const { stringsPart, stylesPart, is1904 } = workbook
      const tables: CellTables = {
        strings: stringsPart === undefined ? [] : await sharedStrings(archive, stringsPart),
        styles: stylesPart === undefined ? [] : await cellStyles(archive, stylesPart),
        is1904,
      }
      const sheets: ChosenSheet[] = []
      for (const { name, part } of chooseSheets(workbook.sheets, settings.read.sheet, settings.file)) {
        const rows = sheetRows(archive, part, tables)
        const table = await findTable(rows, settings.read, () => mergedCells(archive, part))
        if (table !== undefined)
          sheets.push({ name, part, table, places: placesOf(table, name, sheets[0], settings) })
      }
      return new XlsxFile(path, archive, settings, tables, sheets)
    } catch (error) {
      archive.close()
      throw error
    }
  }

  /**
   * Writes the rows as text into `rows.csv` in the spool folder. `columns`: what the contract reads from each column.
   * Memory: the table of texts, and one chunk of a sheet.
   */
  async prepare(spoolFolder: string, columns: readonly (ColumnPlan | undefined)[]): Promise<PreparedRows> {
    const rows = await TextRows.create(join(spoolFolder, 'rows.csv'))
    try {
      for await (const { cells } of this.#dataRows(this.#archive)) {
        this.#settings.signal?.throwIfAborted()
        const { flags, fields } = this.#fieldsOf(cells, columns)
        if (rows.add(flags, fields)) await rows.flush()
      }
    } finally {
      await rows.close()
    }
    return {
      records: rows.rows,
      hasFlags: rows.flaggedRows > 0,
      readSql: (names, spare) => rows.readSql(names, spare),
      locate: (records) => this.#locate(records),
    }
  }

  /** To be called when the rows are prepared; finding records again opens the file anew. */
  close(): void {
    this.#archive.close()
  }

  async *#dataRows(archive: WorkbookArchive): AsyncGenerator<DataRow, void, undefined> {
    for (const sheet of this.#sheets) {
      const { table, places } = sheet
      for await (const found of sheetRows(archive, sheet.part, this.#tables)) {
        if (found.row < table.firstRow) continue
        if (found.row > table.lastRow) break
        const within = cellsWithin(found, table)
        if (within.size === 0) continue
        const cells =
          places === undefined
            ? within
            : new Map([...within].map(([column, value]) => [places[column] ?? column, value]))
        yield { sheet, row: found.row, cells }
      }
    }
  }

  #fieldsOf(
    cells: ReadonlyMap<number, CellValue>,
    columns: readonly (ColumnPlan | undefined)[],
  ): { readonly flags: number; readonly fields: readonly (string | null)[] } {
    const { errorCells } = this.#settings.read
    let flags = 0
    const fields: (string | null)[] = columns.map(() => null)
    for (const [place, value] of cells) {
      const isBeyond = place >= columns.length
      if (!isBeyond && columns[place] === undefined) continue
      if (value.kind === 'error' && errorCells === 'reject') flags |= RECORD_FLAGS.errorCell
      const text = spellCell(value, columns[place]?.parse, errorCells)
      if (isBeyond && text === '') continue
      if (value.kind === 'text') flags |= characterFlags(value.text)
      fields[isBeyond ? columns.length : place] = text === null ? null : storable(text)
    }
    return { flags, fields }
  }

  /** Goes through the sheets again: rejects are few, and a workbook has no text of its own. */
  async *#locate(records: Iterable<number>): AsyncGenerator<LocatedRecord, void, undefined> {
    const wanted = records[Symbol.iterator]()
    let next = wanted.next()
    let record = 0
    const archive = await WorkbookArchive.open(this.#path, this.#settings.file, this.#settings)
    try {
      for await (const row of this.#dataRows(archive)) {
        if (next.done === true) return
        if (++record !== next.value) continue
        const raw = JSON.stringify(this.#rowJson(row))
        yield { record, line: row.row, raw, rawBytes: Buffer.from(raw), undecodable: false }
        next = wanted.next()
      }
    } finally {
      archive.close()
    }
    if (next.done !== true)
      throw new CauceError('BUG', { detail: `record ${next.value} is not where it was counted` })
  }

  #rowJson({ sheet, cells }: DataRow): Readonly<Record<string, string | number | boolean>> {
    const members = [...cells]
      .toSorted(([a], [b]) => a - b)
      .map(([place, value]) => {
        const name = this.header?.[place] ?? ''
        return [name === '' ? columnLetters(place + sheet.table.firstColumn) : name, cellJson(value)] as const
      })
    const isOneOfMany = this.#settings.read.sheet.kind === 'every'
    return Object.fromEntries(isOneOfMany ? [['_sheet', sheet.name] as const, ...members] : members)
  }
}

function characterFlags(text: string): number {
  return (text.includes('\0') ? RECORD_FLAGS.nul : 0) | (text.isWellFormed() ? 0 : RECORD_FLAGS.undecodable)
}

/** Escapes of a workbook can spell what no text of a database holds: NUL, and halves of characters. */
function storable(text: string): string {
  const shown = text.includes('\0') ? text.replaceAll('\0', String.raw`\x00`) : text
  return shown.isWellFormed() ? shown : shown.toWellFormed()
}

/** Sheets are read one below the other when their columns have the same names, in whatever order. */
function placesOf(
  table: SheetTable,
  name: string,
  first: ChosenSheet | undefined,
  { file }: OpenXlsxSettings,
): readonly number[] | undefined {
  if (first === undefined || table.header === undefined || first.table.header === undefined) return undefined
  const wanted = first.table.header
  const places = table.header.map((text) => wanted.indexOf(text))
  if (wanted.length === table.header.length && new Set(places).size === wanted.length && !places.includes(-1))
    return places
  const [here, there] = [table.header.join(', '), wanted.join(', ')]
  throw new CauceError('LAYOUT_COLUMNS', {
    file,
    detail: `sheet "${name}" has the columns ${here}, sheet "${first.name}" has ${there}`,
    detalle: `la hoja "${name}" tiene las columnas ${here}; la hoja "${first.name}", ${there}`,
  })
}
