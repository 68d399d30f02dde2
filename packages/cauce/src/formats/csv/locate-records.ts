import { open, type FileHandle } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import type { Encoding } from './encoding.ts'
import type { RecordBlock, RecordIndex } from './record-index.ts'
import { RecordScanner, type Marks } from './record-scanner.ts'
import { UnitDecoder } from './unit-decoder.ts'
import { unitsOf, type Units } from './units.ts'

/** A record exactly as it stands in the file. */
export interface LocatedRecord {
  /** Its number, from 1; header, preamble and blank lines are not counted. */
  readonly record: number
  /** The physical line it begins on, from 1. */
  readonly line: number
  /** Its text without the line end; NUL and meaningless bytes as `\xNN`. */
  readonly raw: string
  /** Its bytes without the line end. */
  readonly rawBytes: Buffer
  /** Whether `raw` holds any such `\xNN`. */
  readonly undecodable: boolean
}

export interface LocateTask {
  readonly path: string
  readonly sizeBytes: number
  readonly encoding: Encoding
  readonly marks: Marks
  readonly agreedWidth: number
  readonly maxRecordBytes: number
  readonly index: RecordIndex
  /** How many records there are. */
  readonly records: number
}

/** Read at once: many blocks, since rejects tend to be everywhere or nowhere. */
const READ_BYTES = 512 * 1024

/**
 * The chosen records as they stand in the file, in the order asked for, which must be ascending.
 *
 * Opens the file while it runs and reads only the blocks that hold one. Memory: one block, at most a megabyte and a record.
 *
 * @throws {CauceError} BUG when a number is not that of a record, or the numbers descend.
 */
export async function* locateRecords(
  task: LocateTask,
  wanted: Iterable<number>,
): AsyncGenerator<LocatedRecord, void, undefined> {
  const file = await open(task.path, 'r')
  try {
    const reader = new BlockReader(task, file)
    let previous = 0
    for (const record of wanted) {
      if (!Number.isInteger(record) || record <= previous || record > task.records) {
        throw new CauceError('BUG', {
          detail: `record ${record} asked for after ${previous} of ${task.records}`,
        })
      }
      previous = record
      if (!reader.holds(record)) await reader.enter(record)
      yield reader.find(record)
    }
  } finally {
    await file.close()
  }
}

/** Walks through one block after another; within a block, only forward. */
class BlockReader {
  readonly #task: LocateTask
  readonly #file: FileHandle
  readonly #decoder: UnitDecoder
  readonly #scanner: RecordScanner
  #block: RecordBlock | undefined
  #bytes: Buffer = Buffer.alloc(0)
  #read: { readonly offset: number; readonly bytes: Buffer } = { offset: 0, bytes: this.#bytes }
  #units: Units = this.#bytes
  #isClean = false
  #at = 0
  #record = 0
  #line = 0

  constructor(task: LocateTask, file: FileHandle) {
    this.#task = task
    this.#file = file
    this.#decoder = new UnitDecoder(task.encoding)
    this.#scanner = new RecordScanner(task.marks, {
      agreedWidth: task.agreedWidth,
      maxRecordUnits: Math.floor(task.maxRecordBytes / task.encoding.unitBytes),
      keptFields: 0,
    })
  }

  holds(record: number): boolean {
    return this.#block !== undefined && record < this.#block.endRecord
  }

  async enter(record: number): Promise<void> {
    const block = this.#task.index.blockOf(record)
    if (block === undefined) throw lost(record)
    this.#bytes = await this.#load(block)
    this.#block = block
    this.#units = unitsOf(this.#bytes, this.#task.encoding)
    this.#isClean = !this.#units.includes(0) && this.#decoder.isClean(this.#units)
    this.#scanner.show(this.#units, block.endOffset >= this.#task.sizeBytes ? 'file' : 'record')
    this.#at = 0
    this.#record = block.record
    this.#line = block.line
  }

  find(record: number): LocatedRecord {
    const scanner = this.#scanner
    while (this.#at < this.#units.length) {
      const start = this.#at
      const kind = scanner.scan(start)
      if (kind !== 'record' && kind !== 'blank') throw lost(record)
      const line = this.#line
      this.#at = scanner.next
      this.#line += scanner.innerLineEnds + (scanner.next > scanner.contentEnd ? 1 : 0)
      if (kind === 'record' && this.#record++ === record) return this.#located(record, line, start)
    }
    throw lost(record)
  }

  #located(record: number, line: number, start: number): LocatedRecord {
    const { unitBytes } = this.#task.encoding
    const bytes = this.#bytes.subarray(start * unitBytes, this.#scanner.contentEnd * unitBytes)
    const { text, undecodable } = this.#isClean
      ? {
          text: this.#decoder.decode(this.#units.subarray(start, this.#scanner.contentEnd)),
          undecodable: false,
        }
      : this.#decoder.showBytes(bytes)
    // A copy: the block it lies in is forgotten when the next one is read.
    return { record, line, raw: text, rawBytes: Buffer.from(bytes), undecodable }
  }

  /** The bytes of a block, from what was read last where they lie in it. */
  async #load(block: RecordBlock): Promise<Buffer> {
    if (block.offset < this.#read.offset || block.endOffset > this.#read.offset + this.#read.bytes.length) {
      const wanted = Math.max(READ_BYTES, block.endOffset - block.offset)
      const length = Math.min(wanted, this.#task.sizeBytes - block.offset)
      this.#read = { offset: block.offset, bytes: await this.#readExactly(block.offset, length) }
    }
    const from = block.offset - this.#read.offset
    return this.#read.bytes.subarray(from, from + block.endOffset - block.offset)
  }

  async #readExactly(offset: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.#file.read(bytes, filled, length - filled, offset + filled)
      if (bytesRead === 0) throw new Error('the file became shorter while it was read')
      filled += bytesRead
    }
    return bytes
  }
}

function lost(record: number): CauceError {
  return new CauceError('BUG', { detail: `record ${record} is not where it was counted` })
}
