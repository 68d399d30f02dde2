import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'

/** What bytes ought to be. */
export interface Expected {
  readonly sha256: string
  readonly bytes: number
}

/** Bytes that are not what they ought to be. */
export class WrongBytes extends Error {
  override readonly name = 'WrongBytes'
}

/** Lets bytes through and fails at their end unless they are the expected ones. */
export class HashCheck extends Transform {
  readonly #expected: Expected
  readonly #hash = createHash('sha256')
  #bytes = 0

  constructor(expected: Expected) {
    super()
    this.#expected = expected
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    done(null, chunk)
  }

  override _flush(done: TransformCallback): void {
    const { sha256, bytes } = this.#expected
    if (this.#bytes === bytes && this.#hash.digest('hex') === sha256) return done()
    done(new WrongBytes(`${this.#bytes} bytes that are not the ${bytes} that were read`))
  }
}
