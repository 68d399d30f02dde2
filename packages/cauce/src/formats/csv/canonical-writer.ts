import type { FileHandle } from 'node:fs/promises'
import { RECORD_FLAGS } from './csv-options.ts'
import type { Encoding } from './encoding.ts'
import { copyField, fieldTexts, type CopyTarget } from './field-copy.ts'
import type { Marks, RecordScanner } from './record-scanner.ts'
import type { UnitDecoder } from './unit-decoder.ts'
import { roomFor, type Units } from './units.ts'

const COMMA = 0x2c
const QUOTE = 0x22
const LF = 0x0a
const ZERO = 0x30
/** Code units gathered before they are decoded and written. */
const BATCH_UNITS = 256 * 1024

/**
 * Writes records as the one CSV that every reader understands alike: UTF-8, commas, every field quoted, quotes doubled, `\n`
 * after each record, and the record's flags as a first field. Records without bad characters are copied unit by unit and
 * decoded by the batch; the others go through text, where bad bytes become `\xNN`.
 */
export class CanonicalWriter {
  flaggedRecords = 0
  longestRecordBytes = 0
  readonly #file: FileHandle
  readonly #encoding: Encoding
  readonly #marks: Marks
  readonly #decoder: UnitDecoder
  #batch: CopyTarget
  #filled = 0
  #pieces: Buffer[] = []

  constructor(file: FileHandle, encoding: Encoding, marks: Marks, decoder: UnitDecoder) {
    this.#file = file
    this.#encoding = encoding
    this.#marks = marks
    this.#decoder = decoder
    this.#batch = { units: roomFor(BATCH_UNITS, encoding.unitBytes), doubled: QUOTE }
  }

  /**
   * Adds the record a scanner just met.
   *
   * @param start the record's first unit.
   * @param suspect whether the record may hold NUL or meaningless units and must be looked at.
   */
  add(units: Units, start: number, scanner: RecordScanner, suspect: boolean): void {
    let flags = scanner.badQuoting ? RECORD_FLAGS.badQuoting : 0
    if (suspect) flags |= this.#characterFlags(units.subarray(start, scanner.contentEnd))
    if (flags !== 0) this.flaggedRecords++
    if (flags > RECORD_FLAGS.badQuoting) this.#addAsText(units, scanner, flags)
    else this.#addUnits(units, start, scanner, flags)
  }

  /** Writes what has gathered. */
  async flush(): Promise<void> {
    this.#sealBatch()
    const bytes = Buffer.concat(this.#pieces)
    this.#pieces = []
    await this.#file.writeFile(bytes)
  }

  #characterFlags(units: Units): number {
    return (
      (units.includes(0) ? RECORD_FLAGS.nul : 0) |
      (this.#decoder.isClean(units) ? 0 : RECORD_FLAGS.undecodable)
    )
  }

  #addUnits(units: Units, start: number, scanner: RecordScanner, flags: number): void {
    const kept = Math.min(scanner.width, scanner.fieldStarts.length)
    this.#makeRoom((scanner.contentEnd - start) * 2 + kept * 3 + 8)
    const batch = this.#batch
    const target = batch.units
    const first = this.#filled
    let to = first
    target[to++] = QUOTE
    target[to++] = ZERO + flags
    target[to++] = QUOTE
    for (let field = 0; field < kept; field++) {
      const fieldStart = scanner.fieldStarts[field] as number
      const fieldEnd = scanner.fieldEnds[field] as number
      target[to++] = COMMA
      target[to++] = QUOTE
      const plain = fieldStart >= scanner.plainFrom
      to = copyField(units, fieldStart, fieldEnd, this.#marks, plain, batch, to)
      target[to++] = QUOTE
    }
    target[to++] = LF
    this.#filled = to
    // A unit becomes at most three bytes of UTF-8.
    const mostBytes = (to - first) * (this.#encoding.kind === 'utf-8' ? 1 : 3)
    if (mostBytes > this.longestRecordBytes) this.longestRecordBytes = mostBytes
  }

  #addAsText(units: Units, scanner: RecordScanner, flags: number): void {
    this.#sealBatch()
    const fields = [String(flags), ...fieldTexts(units, scanner, this.#marks, this.#decoder)]
    const line = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')
    const piece = Buffer.from(`${line}\n`)
    this.#pieces.push(piece)
    this.longestRecordBytes = Math.max(this.longestRecordBytes, piece.length)
  }

  #makeRoom(wantedUnits: number): void {
    if (this.#filled + wantedUnits <= this.#batch.units.length) return
    this.#sealBatch()
    if (wantedUnits > this.#batch.units.length)
      this.#batch = { units: roomFor(wantedUnits, this.#encoding.unitBytes), doubled: QUOTE }
  }

  /** Turns the batch into UTF-8; line breaks and quotes are ASCII, so no character is cut. */
  #sealBatch(): void {
    if (this.#filled === 0) return
    const units = this.#batch.units.subarray(0, this.#filled)
    const isUtf8 = this.#encoding.kind === 'utf-8'
    this.#pieces.push(isUtf8 ? Buffer.from(units) : Buffer.from(this.#decoder.decode(units)))
    this.#filled = 0
  }
}
