import type { FileHandle } from 'node:fs/promises'

const CHUNK_BYTES = 256 * 1024
const LF = 0x0a

/** A part of a file that is looked at, and grows towards its end. */
export class ByteWindow {
  bytes: Buffer = Buffer.alloc(0)
  /** Where in `bytes` the reader stands. */
  at = 0
  readonly #file: FileHandle
  #offset: number
  #line: number
  /** Up to where in `bytes` line ends are counted. */
  #counted = 0

  /** @param line the physical line `offset` lies on */
  constructor(file: FileHandle, offset: number, line: number) {
    this.#file = file
    this.#offset = offset
    this.#line = line
  }

  /** Offset in the file of a place in `bytes`. */
  offsetOf(index: number): number {
    return this.#offset + index
  }

  /** Physical line of a place in `bytes`, from 1; places must not go back. */
  lineOf(index: number): number {
    for (let found = this.bytes.indexOf(LF, this.#counted); found >= 0 && found < index;) {
      this.#line++
      this.#counted = found + 1
      found = this.bytes.indexOf(LF, this.#counted)
    }
    this.#counted = Math.max(this.#counted, index)
    return this.#line
  }

  /**
   * Drops what lies before `at`, which becomes 0, and reads on.
   * @returns false at the end of the file
   */
  async more(): Promise<boolean> {
    this.lineOf(this.at)
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    const kept = this.bytes.subarray(this.at)
    const { bytesRead } = await this.#file.read(chunk, 0, CHUNK_BYTES, this.#offset + this.bytes.length)
    const read = chunk.subarray(0, bytesRead)
    this.#offset += this.at
    this.#counted -= this.at
    this.at = 0
    this.bytes = kept.length === 0 ? read : Buffer.concat([kept, read])
    return bytesRead > 0
  }
}
