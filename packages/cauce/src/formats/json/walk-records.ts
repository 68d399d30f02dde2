import { CauceError } from '../../model/cauce-error.ts'
import type { ByteWindow } from './byte-window.ts'
import { beginScan, isSpace, scanValue, type ValueScan } from './scan-value.ts'

/** A record as its bytes stand in the file. */
export interface JsonSpan {
  readonly offset: number
  readonly line: number
  readonly bytes: Buffer
}

/** How records follow each other: one a line, as elements of an array, or as one value after another. */
export type RecordShape = 'lines' | 'elements' | 'values'

const LF = 0x0a
const COMMA = 0x2c
const CLOSING = 0x5d
/** Records are handed on when they are so many bytes together. */
const BATCH_BYTES = 256 * 1024

/** Walks through a JSON file record by record, keeping one chunk and one record in memory. */
export class RecordWalk {
  blankLines = 0
  readonly #window: ByteWindow
  readonly #file: string
  readonly #maxRecordBytes: number

  constructor(window: ByteWindow, file: string, maxRecordBytes: number) {
    this.#window = window
    this.#file = file
    this.#maxRecordBytes = maxRecordBytes
  }

  /** The records from here on, in batches. `begun`: the window stands at a record, no longer at the array's beginning. */
  spans(shape: RecordShape, begun: boolean): AsyncGenerator<readonly JsonSpan[], void, undefined> {
    return shape === 'lines' ? this.#lines() : this.#values(shape === 'elements', begun)
  }

  /** Says that the file is broken where the window stands. */
  broken(detail: string, index = this.#window.at): CauceError {
    const place = `byte ${this.#window.offsetOf(index) + 1}, line ${this.#window.lineOf(index)}`
    return new CauceError('FILE_UNREADABLE', { file: this.#file, detail: `${detail} (${place})` })
  }

  /** Passes white space. @returns the byte behind it; undefined at the end of the file */
  async peek(): Promise<number | undefined> {
    const window = this.#window
    for (;;) {
      while (isSpace(window.bytes[window.at])) window.at++
      if (window.at < window.bytes.length) return window.bytes[window.at]
      if (!(await window.more())) return undefined
    }
  }

  /** The text of the string the window stands at. */
  async string(): Promise<string> {
    const scan = beginScan(this.#window.at)
    const end = await this.#end(scan, true)
    const text = this.#window.bytes.toString('utf8', this.#window.at, end)
    this.#window.at = end
    try {
      return String(JSON.parse(text))
    } catch {
      throw this.broken('a key is no string')
    }
  }

  /** Passes the value the window stands at, or, with `depth`, everything to the end of so many open objects; nothing is kept. */
  async skip(depth = 0): Promise<void> {
    const scan = { ...beginScan(this.#window.at), depth }
    this.#window.at = await this.#end(scan, false)
  }

  async *#lines(): AsyncGenerator<readonly JsonSpan[], void, undefined> {
    const window = this.#window
    for (let isEnd = false; !isEnd;) {
      const batch: JsonSpan[] = []
      for (
        let end = window.bytes.indexOf(LF, window.at);
        end >= 0;
        end = window.bytes.indexOf(LF, window.at)
      ) {
        this.#addLine(batch, end)
        window.at = end + 1
      }
      if (batch.length > 0) yield batch
      if (window.bytes.length - window.at > this.#maxRecordBytes) throw this.#tooLong()
      isEnd = !(await window.more())
    }
    const last: JsonSpan[] = []
    if (window.bytes.length > 0) this.#addLine(last, window.bytes.length)
    if (last.length > 0) yield last
  }

  #addLine(batch: JsonSpan[], lineEnd: number): void {
    const window = this.#window
    let start = window.at
    let end = lineEnd
    while (start < end && isSpace(window.bytes[start])) start++
    while (end > start && isSpace(window.bytes[end - 1])) end--
    if (start === end) this.blankLines++
    else if (end - start > this.#maxRecordBytes) throw this.#tooLong()
    else batch.push(this.#span(start, end))
  }

  async *#values(isArray: boolean, begun: boolean): AsyncGenerator<readonly JsonSpan[], void, undefined> {
    const window = this.#window
    let batch: JsonSpan[] = []
    let batchBytes = 0
    let isRecord = begun || (await this.#toRecord(isArray, true))
    for (; isRecord; isRecord = await this.#toRecord(isArray, false)) {
      const end = await this.#end(beginScan(window.at), true)
      if (end === window.at) throw this.broken('expected a record')
      batch.push(this.#span(window.at, end))
      batchBytes += end - window.at
      window.at = end
      if (batchBytes < BATCH_BYTES) continue
      yield batch
      batch = []
      batchBytes = 0
    }
    if (batch.length > 0) yield batch
  }

  /** Passes what stands before a record. @returns false when there is none, the array or the file having ended */
  async #toRecord(isArray: boolean, first: boolean): Promise<boolean> {
    const byte = await this.peek()
    if (!isArray) return byte !== undefined
    if (byte === undefined) throw this.broken('the file ends inside the array of records')
    if (byte === CLOSING) {
      this.#window.at++
      return false
    }
    if (first) return true
    if (byte !== COMMA) throw this.broken('expected a comma or ] after a record')
    this.#window.at++
    if ((await this.peek()) === CLOSING) throw this.broken('expected a record')
    return true
  }

  /** The end of a value; kept ones stay in the window whole. */
  async #end(scan: ValueScan, kept: boolean): Promise<number> {
    const window = this.#window
    for (let end = scanValue(scan, window.bytes); ; end = scanValue(scan, window.bytes)) {
      if (end >= 0) return end
      if (kept && scan.at - window.at > this.#maxRecordBytes) throw this.#tooLong()
      if (!kept) window.at = Math.min(scan.at, window.bytes.length)
      const shift = window.at
      const isMore = await window.more()
      scan.at -= shift
      if (isMore) continue
      if (scan.depth === 0 && !scan.inString) return window.bytes.length
      throw this.broken('the file ends inside a value')
    }
  }

  #span(start: number, end: number): JsonSpan {
    const window = this.#window
    return {
      offset: window.offsetOf(start),
      line: window.lineOf(start),
      bytes: window.bytes.subarray(start, end),
    }
  }

  #tooLong(): CauceError {
    return this.broken(`a record is longer than ${this.#maxRecordBytes} bytes`)
  }
}
