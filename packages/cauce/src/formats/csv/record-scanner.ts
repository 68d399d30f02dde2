import type { Units } from './units.ts'

/** The characters that give a file its structure, as code units; -1 for one the file does not have. */
export interface Marks {
  readonly delimiter: number
  readonly quote: number
  readonly escape: number
  /** Whether spaces may stand before an opening quote. */
  readonly spacedQuotes: boolean
}

/** For text whose lines are all there is to it. */
export const NO_MARKS: Marks = { delimiter: -1, quote: -1, escape: -1, spacedQuotes: false }

export interface ScanLimits {
  /** The number of fields records should have, 0 when nobody knows. */
  readonly agreedWidth: number
  readonly maxRecordUnits: number
  /** How many field positions to keep for each record; 0 allows whole lines to be skipped unread. */
  readonly keptFields: number
}

/**
 * What a scan met: a record, a blank line, a record that does not end inside the window, or one longer than allowed.
 */
export type Scanned = 'record' | 'blank' | 'incomplete' | 'overlong'

/** Where the units at hand end: in mid-file, at the end of the file, or at the start of a known record. */
export type WindowEnd = 'more' | 'file' | 'record'

const LF = 10
const CR = 13
const SPACE = 32
// Beyond every position (records are capped far below it), and still a small integer to the machine.
const NONE = 0x3fffffff

/**
 * Finds where records begin and end, by the rules of docs/csv.md. It moves no bytes and decodes nothing: it works on code
 * units, where every mark is below 0x80 and stands for itself.
 *
 * One instance serves a whole file: `show` a window, `scan` record by record; the fields of the instance tell what the last
 * scan met. Never a call per byte nor an object per record: a million records pass through here in a tenth of a second.
 */
export class RecordScanner {
  /** End of the record, its line end not counted. */
  contentEnd = 0
  /** Start of what follows the record and its line end. */
  next = 0
  /** Number of fields; 0 when the line was passed over whole. */
  width = 0
  /** Line ends inside the record. */
  innerLineEnds = 0
  /** A quote is not where quotes belong. */
  badQuoting = false
  /** A quote inside an unquoted field, where it is plain text. */
  looseQuote = false
  escaped = false
  /** From this field on, quotes and escapes of a damaged record are plain text. */
  plainFrom = NONE
  /** Start and end of each field kept, quotes included. */
  readonly fieldStarts: Int32Array
  readonly fieldEnds: Int32Array

  readonly #delimiter: number
  readonly #quote: number
  readonly #escape: number
  readonly #spacedQuotes: boolean
  // Most text lies above the marks: one comparison with the highest passes it.
  readonly #highestPlain: number
  readonly #highestQuoted: number
  readonly #limits: ScanLimits
  readonly #keptFields: number
  #units: Units = new Uint8Array(0)
  #end: WindowEnd = 'more'
  #firstCrossing = NONE
  #ranOut = false
  #nextQuote = -1
  #nextEscape = -1
  #nextLf = -1
  #nextCr = -1

  constructor(marks: Marks, limits: ScanLimits) {
    this.#delimiter = marks.delimiter
    this.#quote = marks.quote
    this.#escape = marks.escape
    this.#spacedQuotes = marks.spacedQuotes
    this.#highestPlain = Math.max(marks.delimiter, marks.quote, marks.escape, CR)
    this.#highestQuoted = Math.max(marks.quote, marks.escape, CR)
    this.#limits = limits
    this.#keptFields = limits.keptFields
    this.fieldStarts = new Int32Array(limits.keptFields)
    this.fieldEnds = new Int32Array(limits.keptFields)
  }

  /** Looks at a new window; positions found in the last one mean nothing any more. */
  show(units: Units, end: WindowEnd): void {
    this.#units = units
    this.#end = end
    this.#nextQuote = this.#quote < 0 ? NONE : -1
    this.#nextEscape = this.#escape < 0 ? NONE : -1
    this.#nextLf = -1
    this.#nextCr = -1
  }

  /** Scans the record or blank line at `start`, which must lie inside the window. */
  scan(start: number): Scanned {
    if (this.#keptFields === 0 && this.#passPlainLine(start)) return this.#judge(start)
    this.#firstCrossing = NONE
    if (this.#scanFields(start, NONE) && this.#isSound(start)) return this.#judge(start)
    if (this.#mayContinue(start)) return 'incomplete'
    // Malformed over several lines: only the first line is given up, so that a bad quote costs one row.
    if (!this.#scanFields(start, this.#firstCrossing)) {
      return this.#exceeds(this.#units.length - start) ? 'overlong' : 'incomplete'
    }
    this.badQuoting = true
    return this.#judge(start)
  }

  #judge(start: number): Scanned {
    if (this.#exceeds(this.contentEnd - start)) return 'overlong'
    return this.contentEnd === start && this.next > start ? 'blank' : 'record'
  }

  #exceeds(units: number): boolean {
    return units > this.#limits.maxRecordUnits
  }

  /** Whether a failed scan might succeed with more of the file at hand. */
  #mayContinue(start: number): boolean {
    return this.#end === 'more' && this.#ranOut && !this.#exceeds(this.#units.length - start)
  }

  /** A record over several lines is believed when it has the agreed number of fields and a bearable length. */
  #isSound(start: number): boolean {
    if (this.innerLineEnds === 0) return true
    const agreed = this.#limits.agreedWidth
    return (agreed === 0 || this.width === agreed) && !this.#exceeds(this.contentEnd - start)
  }

  /** The common case, without looking at its fields: a line with neither quote nor escape nor lone CR in it. */
  #passPlainLine(start: number): boolean {
    const lineEnd = this.#lfFrom(start)
    if (lineEnd === NONE || this.#quoteFrom(start) < lineEnd || this.#escapeFrom(start) < lineEnd)
      return false
    const cr = this.#crFrom(start)
    if (cr < lineEnd - 1) return false
    this.contentEnd = cr === lineEnd - 1 ? cr : lineEnd
    this.next = lineEnd + 1
    this.width = 0
    this.innerLineEnds = 0
    this.badQuoting = this.looseQuote = this.escaped = false
    this.plainFrom = NONE
    return true
  }

  /**
   * Scans field by field; quotes and escapes count before `plainFrom` only.
   *
   * @returns false when the record is malformed over several lines or the window ends too soon (`#ranOut`).
   */
  #scanFields(start: number, plainFrom: number): boolean {
    this.width = 0
    this.innerLineEnds = 0
    this.badQuoting = this.looseQuote = this.escaped = this.#ranOut = false
    this.plainFrom = plainFrom
    const units = this.#units
    let at = start
    let width = 0
    for (;;) {
      const fieldStart = at
      if (this.#spacedQuotes) at = quoteAfterSpaces(units, at, this.#quote)
      if (units[at] === this.#quote && fieldStart < plainFrom) at = this.#passQuoted(at, fieldStart)
      if (at >= 0) at = this.#passPlain(at, fieldStart)
      if (at < 0) return false
      if (width < this.#keptFields) {
        this.fieldStarts[width] = fieldStart
        this.fieldEnds[width] = at
      }
      width++
      if (units[at] !== this.#delimiter) break
      at++
    }
    this.width = width
    return this.#endRecord(at)
  }

  /**
   * Passes a quoted field.
   *
   * @returns the position after its closing quote; -1 when it has none, or one that is no end of a field lines later.
   */
  #passQuoted(start: number, fieldStart: number): number {
    const units = this.#units
    const quote = this.#quote
    const escape = this.#escape
    const length = units.length
    const highest = this.#highestQuoted
    const linesBefore = this.innerLineEnds
    let at = start + 1
    for (; at < length; at++) {
      const unit = units[at] as number
      if (unit > highest) continue
      if (unit === quote) {
        if (at + 1 < length && units[at + 1] === quote) at++
        else return this.#closeQuoted(fieldStart, at + 1, this.innerLineEnds > linesBefore)
      } else if (unit === escape) {
        this.escaped = true
        at++
        if (at < length) this.#countLineEnd(at, fieldStart)
      } else if (unit === LF || unit === CR) {
        this.#countLineEnd(at, fieldStart)
      }
    }
    if (this.#firstCrossing === NONE) this.#firstCrossing = fieldStart
    this.#ranOut = true
    return -1
  }

  #closeQuoted(fieldStart: number, after: number, crossed: boolean): number {
    if (after >= this.#units.length) {
      if (this.#end !== 'more') return after
      this.#ranOut = true
      return -1
    }
    const unit = this.#units[after]
    if (unit === this.#delimiter || unit === LF || unit === CR) return after
    this.badQuoting = true
    if (!crossed) return after
    if (this.#firstCrossing === NONE) this.#firstCrossing = fieldStart
    return -1
  }

  /** Passes text outside quotes up to the delimiter, line end or end of file that ends its field; -1 when the window ends first. */
  #passPlain(start: number, fieldStart: number): number {
    const units = this.#units
    const delimiter = this.#delimiter
    const quote = this.#quote
    const escape = fieldStart < this.plainFrom ? this.#escape : -1
    const length = units.length
    const highest = this.#highestPlain
    let at = start
    for (; at < length; at++) {
      const unit = units[at] as number
      if (unit > highest) continue
      if (unit === delimiter || unit === LF || unit === CR) return at
      if (unit === quote) this.looseQuote = true
      else if (unit === escape) {
        this.escaped = true
        at++
        if (at < length) this.#countLineEnd(at, fieldStart)
        else if (this.#end === 'file') this.badQuoting = true
      }
    }
    if (this.#end === 'file') return length
    this.#ranOut = true
    return -1
  }

  /** Counts a line end inside a record; CRLF counts at its LF. */
  #countLineEnd(at: number, fieldStart: number): void {
    const unit = this.#units[at]
    if (unit !== LF && (unit !== CR || this.#units[at + 1] === LF)) return
    this.innerLineEnds++
    if (this.#firstCrossing === NONE) this.#firstCrossing = fieldStart
  }

  #endRecord(at: number): boolean {
    const units = this.#units
    this.contentEnd = at
    this.next = Math.min(at + 1, units.length)
    if (units[at] !== CR) return true
    if (at + 1 >= units.length && this.#end === 'more') {
      this.#ranOut = true
      return false
    }
    if (units[at + 1] === LF) this.next++
    return true
  }

  #quoteFrom(start: number): number {
    if (this.#nextQuote < start) this.#nextQuote = this.#find(this.#quote, start)
    return this.#nextQuote
  }

  #escapeFrom(start: number): number {
    if (this.#nextEscape < start) this.#nextEscape = this.#find(this.#escape, start)
    return this.#nextEscape
  }

  #lfFrom(start: number): number {
    if (this.#nextLf < start) this.#nextLf = this.#find(LF, start)
    return this.#nextLf
  }

  #crFrom(start: number): number {
    if (this.#nextCr < start) this.#nextCr = this.#find(CR, start)
    return this.#nextCr
  }

  #find(unit: number, start: number): number {
    const found = this.#units.indexOf(unit, start)
    return found < 0 ? NONE : found
  }
}

/** The position of a quote that only spaces part from the start of its field; else that start. */
export function quoteAfterSpaces(units: Units, fieldStart: number, quote: number): number {
  let at = fieldStart
  while (units[at] === SPACE) at++
  return units[at] === quote ? at : fieldStart
}
