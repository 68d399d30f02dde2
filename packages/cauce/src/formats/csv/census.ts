import { isAscii } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import type { Encoding } from './encoding.ts'
import { fieldTexts } from './field-copy.ts'
import { RecordIndex } from './record-index.ts'
import { NO_MARKS, RecordScanner, type Marks, type Scanned } from './record-scanner.ts'
import { RecordWalk, type WalkHooks } from './record-walk.ts'
import { UnitDecoder } from './unit-decoder.ts'
import { UnitWindow } from './unit-window.ts'
import type { Units } from './units.ts'

/** What is to be counted. */
export interface CensusTask {
  readonly file: FileHandle
  readonly sizeBytes: number
  readonly encoding: Encoding
  /** Bytes of the byte order mark. */
  readonly markBytes: number
  readonly marks: Marks
  readonly header: boolean
  readonly skipLines: number
  readonly columnCount: number | undefined
  readonly maxRecordBytes: number
  readonly hooks: WalkHooks
}

/** Everything known of a file's records without having read a field of them. */
export interface Census {
  /** Names as the file has them; undefined without a header, due or not. */
  readonly header: readonly string[] | undefined
  /** Number of fields of the first data record; undefined when there is none. */
  readonly firstRecordWidth: number | undefined
  /** The number of fields a record should have: by header, declaration or first record; 0 when there is none of them. */
  readonly agreedWidth: number
  readonly records: number
  readonly blankLines: number
  readonly physicalLines: number
  readonly longestRecordBytes: number
  readonly finalNewline: boolean
  readonly lineEnds: LineEnds
  /** Where the data begin, behind preamble and header. */
  readonly data: { readonly offset: number; readonly line: number }
  readonly index: RecordIndex
  readonly signs: Signs
}

/** How the records and blank lines of a file end. */
export interface LineEnds {
  lf: number
  crlf: number
  cr: number
}

/** What keeps a file from being plain. */
export interface Signs {
  /** Preamble or header that a reader could not skip by counting lines. */
  oddHead: boolean
  badQuoting: boolean
  looseQuote: boolean
  escaped: boolean
  nul: boolean
  /** Units that are no part of a character, if the encoding is what it is taken for. */
  unclean: boolean
  nonAscii: boolean
  /** Most fields seen; records passed over whole were not looked at. */
  widest: number
}

const LF = 10
const CR = 13
/** As many columns as the widest spreadsheet has; a header with more is not one. */
const MAX_HEADER_FIELDS = 16_384
const FIRST_ONLY = 1
const ALL = Number.POSITIVE_INFINITY

/**
 * Reads a file once from front to back and counts what is in it: lines, records, blank lines, line ends, and every sign that
 * another reader might understand it differently.
 *
 * Effects: reads only. Memory: a window of half a megabyte, or twice the longest record.
 *
 * @throws {CauceError} FILE_UNREADABLE when a line is longer than a record may be, or the header has too many fields.
 */
export async function takeCensus(task: CensusTask): Promise<Census> {
  const taker = new CensusTaker(task)
  await taker.begin()
  await taker.skipPreamble()
  await taker.readHeader()
  await taker.countRecords()
  return taker.close()
}

class CensusTaker {
  readonly #task: CensusTask
  readonly #decoder: UnitDecoder
  readonly #walk: RecordWalk
  readonly #index: RecordIndex
  readonly #lineEnds: LineEnds = { lf: 0, crlf: 0, cr: 0 }
  readonly #signs: Signs = {
    oddHead: false,
    badQuoting: false,
    looseQuote: false,
    escaped: false,
    nul: false,
    unclean: false,
    nonAscii: false,
    widest: 0,
  }
  #header: readonly string[] | undefined
  #firstRecordWidth: number | undefined
  #agreedWidth = 0
  #records = 0
  #blankLines = 0
  #longestUnits = 0
  #contentUnits = 0
  #endsInLineEnd = false
  #data = { offset: 0, line: 1 }

  constructor(task: CensusTask) {
    this.#task = task
    this.#decoder = new UnitDecoder(task.encoding)
    this.#index = new RecordIndex(task.sizeBytes)
    this.#walk = new RecordWalk(
      new UnitWindow(task.file, task.encoding, task.sizeBytes, task.markBytes),
      task.hooks,
    )
  }

  async begin(): Promise<void> {
    await this.#walk.window.slide(0)
  }

  /** Passes the declared number of physical lines, whatever is in them. */
  async skipPreamble(): Promise<void> {
    let left = this.#task.skipLines
    if (left === 0) return
    const scanner = this.#scanner(NO_MARKS, 0, 0)
    await this.#walk.walk(scanner, {
      visit: () => {
        this.#countLine(scanner)
        return --left > 0
      },
      passed: (units) => {
        this.#look(units)
        this.#signs.oddHead ||= this.#task.marks.quote >= 0 && units.includes(this.#task.marks.quote)
      },
    })
  }

  /** Reads the first record that is not blank as the header, where one is due. */
  async readHeader(): Promise<void> {
    this.#agreedWidth = this.#task.columnCount ?? 0
    if (this.#task.header && !this.#walk.done) {
      const scanner = this.#scanner(this.#task.marks, 0, MAX_HEADER_FIELDS)
      await this.#walk.walk(scanner, {
        visit: (kind) => {
          this.#countLine(scanner)
          if (kind === 'blank') {
            this.#blankLines++
            return true
          }
          this.#takeHeader(scanner)
          return false
        },
        passed: (units) => this.#look(units),
      })
    }
    this.#data = { offset: this.#walk.offset, line: this.#walk.line }
  }

  #takeHeader(scanner: RecordScanner): void {
    if (scanner.width > MAX_HEADER_FIELDS) {
      const detail = `its header has ${scanner.width} fields; ${MAX_HEADER_FIELDS} are the most a table may have`
      throw new CauceError('FILE_UNREADABLE', { file: this.#task.hooks.file, detail })
    }
    this.#header = fieldTexts(this.#walk.window.units, scanner, this.#task.marks, this.#decoder)
    this.#agreedWidth = scanner.width
    this.#signs.oddHead ||=
      scanner.innerLineEnds > 0 || scanner.badQuoting || scanner.looseQuote || scanner.escaped
  }

  async countRecords(): Promise<void> {
    if (this.#walk.done) return
    const first = this.#scanner(this.#task.marks, this.#agreedWidth, 1)
    await this.#walk.walk(first, this.#counting(first, FIRST_ONLY))
    this.#firstRecordWidth = this.#records === 0 ? undefined : first.width
    // Without header and declaration the first record sets the measure.
    this.#agreedWidth ||= this.#firstRecordWidth ?? 0
    // With nothing left this ends at once.
    const scanner = this.#scanner(this.#task.marks, this.#agreedWidth, 0)
    await this.#walk.walk(scanner, this.#counting(scanner, ALL))
  }

  #counting(scanner: RecordScanner, most: number) {
    return {
      visit: (kind: Scanned, start: number) => {
        this.#countLine(scanner)
        if (kind === 'blank') this.#blankLines++
        else this.#countRecord(scanner, start)
        return this.#records < most
      },
      passed: (units: Units) => this.#look(units),
    }
  }

  #countRecord(scanner: RecordScanner, start: number): void {
    const { window } = this.#walk
    this.#records++
    this.#index.add(this.#records, window.offset + start * this.#task.encoding.unitBytes, this.#walk.line)
    const length = scanner.contentEnd - start
    if (length > this.#longestUnits) this.#longestUnits = length
    const signs = this.#signs
    if (scanner.width > signs.widest) signs.widest = scanner.width
    if (scanner.badQuoting) signs.badQuoting = true
    if (scanner.looseQuote) signs.looseQuote = true
    if (scanner.escaped) signs.escaped = true
  }

  #countLine(scanner: RecordScanner): void {
    const lineEnd = scanner.next - scanner.contentEnd
    if (lineEnd === 2) this.#lineEnds.crlf++
    else if (lineEnd === 1) {
      if (this.#walk.window.units[scanner.contentEnd] === LF) this.#lineEnds.lf++
      else this.#lineEnds.cr++
    }
  }

  #look(units: Units): void {
    if (units.length === 0) return
    this.#contentUnits += units.length
    const last = units.at(-1)
    this.#endsInLineEnd = last === LF || last === CR
    const signs = this.#signs
    signs.nul ||= units.includes(0)
    signs.nonAscii ||= this.#task.encoding.unitBytes === 2 || !isAscii(units)
    signs.unclean ||= !this.#decoder.isClean(units)
  }

  close(): Census {
    this.#proveComplete()
    const { line } = this.#walk
    return {
      header: this.#header,
      firstRecordWidth: this.#firstRecordWidth,
      agreedWidth: this.#agreedWidth,
      records: this.#records,
      blankLines: this.#blankLines,
      physicalLines: this.#endsInLineEnd || this.#contentUnits === 0 ? line - 1 : line,
      longestRecordBytes: this.#longestUnits * this.#task.encoding.unitBytes,
      finalNewline: this.#endsInLineEnd,
      lineEnds: this.#lineEnds,
      data: this.#data,
      index: this.#index,
      signs: this.#signs,
    }
  }

  /** No byte unaccounted: what was passed in windows must be the whole file, half a unit at its end completed. */
  #proveComplete(): void {
    const passed = this.#task.markBytes + this.#contentUnits * this.#task.encoding.unitBytes
    const whole = this.#task.sizeBytes
    if (passed === whole || (this.#task.encoding.unitBytes === 2 && passed === whole + 1)) return
    throw new CauceError('BUG', {
      detail: `${passed} of ${whole} bytes of ${this.#task.hooks.file} were read`,
    })
  }

  #scanner(marks: Marks, agreedWidth: number, keptFields: number): RecordScanner {
    const maxRecordUnits = Math.floor(this.#task.maxRecordBytes / this.#task.encoding.unitBytes)
    return new RecordScanner(marks, { agreedWidth, maxRecordUnits, keptFields })
  }
}
