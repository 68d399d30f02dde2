import type { FileHandle } from 'node:fs/promises'

/** A part of a file, `end` excluded. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const
const RLE_BLOCK = 1
const RESERVED_BLOCK = 3

/**
 * The frames of a zstd file that hold data, found by walking their block headers (RFC 8878, section 3).
 *
 * Node's decompressor forgets what follows the end of a frame in the chunk at hand and reports success (seen with 24.21), so
 * `cat a.zst b.zst` would lose rows in silence; frame by frame nothing can be lost.
 *
 * @throws {Error} when the file is cut or something else stands between frames.
 */
export async function* zstdFrames(
  file: FileHandle,
  sizeBytes: number,
): AsyncGenerator<ByteRange, void, undefined> {
  const reader = new HeaderReader(file, sizeBytes)
  let at = 0
  while (at < sizeBytes) {
    const magic = (await reader.read(at, 4)).readUInt32LE()
    const end = magic === FRAME_MAGIC ? await frameEnd(reader, at + 4) : await skippableEnd(reader, at, magic)
    if (end > sizeBytes) throw new Error('the zstd data is cut short')
    if (magic === FRAME_MAGIC) yield { start: at, end }
    at = end
  }
}

async function skippableEnd(reader: HeaderReader, at: number, magic: number): Promise<number> {
  if ((magic & 0xfffffff0) >>> 0 !== SKIPPABLE_MAGIC)
    throw new Error(`what stands at byte ${at} is not zstd data`)
  return at + 8 + (await reader.read(at + 4, 4)).readUInt32LE()
}

async function frameEnd(reader: HeaderReader, start: number): Promise<number> {
  const descriptor = (await reader.read(start, 1)).readUInt8()
  const isSingleSegment = (descriptor & 0x20) !== 0
  const contentSizeFlag = descriptor >> 6
  const contentSizeBytes =
    contentSizeFlag === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[contentSizeFlag] ?? 0)
  let at =
    start + 1 + (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + contentSizeBytes
  for (;;) {
    const header = (await reader.read(at, 3)).readUIntLE(0, 3)
    const type = (header >> 1) & 3
    if (type === RESERVED_BLOCK) throw new Error('a zstd block is damaged')
    at += 3 + (type === RLE_BLOCK ? 1 : header >> 3)
    if ((header & 1) === 1) break
  }
  return at + ((descriptor & 4) === 0 ? 0 : 4)
}

class HeaderReader {
  readonly #file: FileHandle
  readonly #sizeBytes: number
  readonly #bytes = Buffer.alloc(4)

  constructor(file: FileHandle, sizeBytes: number) {
    this.#file = file
    this.#sizeBytes = sizeBytes
  }

  async read(position: number, length: number): Promise<Buffer> {
    if (position + length > this.#sizeBytes) throw new Error('the zstd data is cut short')
    await this.#file.read(this.#bytes, 0, length, position)
    return this.#bytes
  }
}
