import { CauceError } from '../../model/cauce-error.ts'

/** How much a packed file may become. */
export interface UnpackLimits {
  /** Bytes after unpacking. Default 20 GiB. */
  readonly maxUnpackedBytes?: number | undefined
  /** Bytes after unpacking for each packed byte, once more than 100 MB have come out. Default 1100: deflate can do no more than 1032. */
  readonly maxUnpackRatio?: number | undefined
}

const DEFAULT_MAX_BYTES = 20 * 1024 ** 3
const DEFAULT_MAX_RATIO = 1100
/** A file of one repeated character packs extremely well and does no harm while it is small. */
const HARMLESS_BYTES = 100_000_000

/** Watches a file grow while it is unpacked, and stops it in time. */
export class BombGuard {
  unpackedBytes = 0
  readonly #file: string
  readonly #maxBytes: number
  readonly #maxRatio: number

  constructor(file: string, limits: UnpackLimits) {
    this.#file = file
    this.#maxBytes = limits.maxUnpackedBytes ?? DEFAULT_MAX_BYTES
    this.#maxRatio = limits.maxUnpackRatio ?? DEFAULT_MAX_RATIO
  }

  /**
   * Counts what came out, before it is written.
   *
   * @param packedBytes bytes that went in so far.
   * @throws {CauceError} FILE_BOMB
   */
  pass(newBytes: number, packedBytes: number): void {
    this.unpackedBytes += newBytes
    this.announce(this.unpackedBytes)
    if (this.unpackedBytes > HARMLESS_BYTES && this.unpackedBytes > packedBytes * this.#maxRatio)
      throw this.#bomb(`more than ${this.#maxRatio} bytes for each packed one`)
  }

  /** Judges a size known in advance. @throws {CauceError} FILE_BOMB */
  announce(unpackedBytes: number): void {
    if (unpackedBytes > this.#maxBytes) throw this.#bomb(`more than ${this.#maxBytes} bytes`)
  }

  #bomb(detail: string): CauceError {
    return new CauceError('FILE_BOMB', { file: this.#file, detail })
  }
}
