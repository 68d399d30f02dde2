import type { FileHandle } from 'node:fs/promises'
import type { Encoding } from './encoding.ts'
import { asUnits, padHalfUnit, type Units } from './units.ts'

const CHUNK_BYTES = 512 * 1024

/**
 * A window that slides over a file from front to back, so that memory is bounded by the longest record and not by the file.
 * It grows only when one record fills more than half of it.
 */
export class UnitWindow {
  /** What the window shows now. Valid until the next `slide`. */
  units: Units
  /** Bytes of the file before `units[0]`. */
  offset: number
  /** Whether the file ends with the last unit. */
  final = false

  readonly #file: FileHandle
  readonly #encoding: Encoding
  readonly #sizeBytes: number
  #bytes: Buffer
  #filledBytes = 0

  /** @param startOffset where to begin, in bytes; a whole number of units. */
  constructor(file: FileHandle, encoding: Encoding, sizeBytes: number, startOffset: number) {
    this.#file = file
    this.#encoding = encoding
    this.#sizeBytes = sizeBytes
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(2, Math.min(CHUNK_BYTES, even(sizeBytes - startOffset))))
    this.offset = startOffset
    this.units = asUnits(this.#bytes, 0, encoding.unitBytes)
  }

  /** Forgets the units before `from` and reads on. */
  async slide(from: number): Promise<void> {
    const consumedBytes = from * this.#encoding.unitBytes
    if (consumedBytes > 0) {
      this.#bytes.copyWithin(0, consumedBytes, this.#filledBytes)
      this.#filledBytes -= consumedBytes
      this.offset += consumedBytes
    }
    if (this.#filledBytes * 2 > this.#bytes.length) this.#grow()
    await this.#fill()
    this.units = asUnits(this.#bytes, this.#filledBytes, this.#encoding.unitBytes)
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(this.#bytes.length * 2)
    this.#bytes.copy(larger, 0, 0, this.#filledBytes)
    this.#bytes = larger
  }

  async #fill(): Promise<void> {
    const filledBefore = this.#filledBytes
    while (this.#filledBytes < this.#bytes.length) {
      const position = this.offset + this.#filledBytes
      const wanted = Math.min(this.#bytes.length - this.#filledBytes, this.#sizeBytes - position)
      if (wanted <= 0) break
      const { bytesRead } = await this.#file.read(this.#bytes, this.#filledBytes, wanted, position)
      if (bytesRead === 0) throw new Error('the file became shorter while it was read')
      this.#filledBytes += bytesRead
    }
    this.final = this.offset + this.#filledBytes >= this.#sizeBytes
    if (this.#encoding.unitBytes === 2) this.#alignUnits(filledBefore)
  }

  #alignUnits(filledBefore: number): void {
    this.#filledBytes = padHalfUnit(this.#bytes, this.#filledBytes, this.#encoding)
    if (this.#encoding.swapped) this.#bytes.subarray(filledBefore, this.#filledBytes).swap16()
  }
}

function even(count: number): number {
  return count + (count % 2)
}
