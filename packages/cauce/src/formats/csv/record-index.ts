/** Records between two entries at most, so that finding one record costs little. */
const STRIDE_RECORDS = 256
/** Bytes between two entries at most (plus one record), so that a block fits in memory. */
const STRIDE_BYTES = 1024 * 1024

/** A run of records whose place is known. */
export interface RecordBlock {
  /** Its first record's number, offset in bytes and physical line. */
  readonly record: number
  readonly offset: number
  readonly line: number
  /** Offset in bytes where the next block or the end of the file begins. */
  readonly endOffset: number
  /** Number of the first record after the block; infinite for the last one. */
  readonly endRecord: number
}

/** Where every so many records begin. Three numbers per entry: a hundred million records take ten megabytes. */
export class RecordIndex {
  readonly #records: number[] = []
  readonly #offsets: number[] = []
  readonly #lines: number[] = []
  readonly #fileBytes: number
  #nextRecord = 1
  #nextOffset = 0

  /** @param fileBytes size of the file, where the last block ends. */
  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes
  }

  /** Tells of the next record, in order. */
  add(record: number, offset: number, line: number): void {
    if (record < this.#nextRecord && offset < this.#nextOffset) return
    this.#records.push(record)
    this.#offsets.push(offset)
    this.#lines.push(line)
    this.#nextRecord = record + STRIDE_RECORDS
    this.#nextOffset = offset + STRIDE_BYTES
  }

  /** The block that holds a record; undefined before the first entry. */
  blockOf(record: number): RecordBlock | undefined {
    let low = 0
    let high = this.#records.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#records[middle] ?? 0) <= record) low = middle + 1
      else high = middle
    }
    return this.#block(low - 1)
  }

  #block(entry: number): RecordBlock | undefined {
    const record = this.#records[entry]
    const offset = this.#offsets[entry]
    const line = this.#lines[entry]
    if (record === undefined || offset === undefined || line === undefined) return undefined
    return {
      record,
      offset,
      line,
      endOffset: this.#offsets[entry + 1] ?? this.#fileBytes,
      endRecord: this.#records[entry + 1] ?? Number.POSITIVE_INFINITY,
    }
  }
}
