import { open, type FileHandle } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { CauceError } from '../../model/cauce-error.ts'

/** A JSON file as UTF-8. */
export interface JsonText {
  readonly path: string
  /** Where the text begins, behind a byte order mark. */
  readonly startOffset: number
}

const CHUNK_BYTES = 256 * 1024

/**
 * The file as UTF-8: itself, or a rewritten `target` where it is UTF-16, told by its mark or by its zeros (a JSON text begins
 * with an ASCII character).
 * @throws {CauceError} FILE_UNREADABLE for UTF-32 and for UTF-16 that is none
 */
export async function asUtf8(path: string, target: string, file: string): Promise<JsonText> {
  const source = await open(path, 'r')
  try {
    const head = Buffer.alloc(4)
    const { bytesRead } = await source.read(head, 0, 4, 0)
    const found = jsonEncodingOf(head.subarray(0, bytesRead))
    if (found === 'utf-32')
      throw new CauceError('FILE_UNREADABLE', { file, detail: 'it is UTF-32; write it as UTF-8' })
    if (found === 'utf-8')
      return { path, startOffset: head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0 }
    await transcode(source, found, target, file)
    return { path: target, startOffset: 0 }
  } finally {
    await source.close()
  }
}

/** The encoding of a JSON text by its first four bytes. */
export function jsonEncodingOf(head: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32' {
  if (head.length < 2) return 'utf-8'
  const mark = head.toString('hex')
  const zeros = Array.from(head, (byte) => (byte === 0 ? '0' : 'x')).join('')
  if (mark.startsWith('fffe0000') || zeros.startsWith('00') || zeros.startsWith('x00')) return 'utf-32'
  if (mark.startsWith('fffe') || zeros.startsWith('x0')) return 'utf-16le'
  return mark.startsWith('feff') || zeros.startsWith('0') ? 'utf-16be' : 'utf-8'
}

async function transcode(source: FileHandle, encoding: string, target: string, file: string): Promise<void> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const output = await open(target, 'w')
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES)
    for (let position = 0; ;) {
      const { bytesRead } = await source.read(chunk, 0, CHUNK_BYTES, position)
      await output.writeFile(decoder.decode(chunk.subarray(0, bytesRead), { stream: bytesRead > 0 }))
      if (bytesRead === 0) return
      position += bytesRead
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new CauceError(
      'FILE_UNREADABLE',
      { file, detail: `it is no well-formed ${encoding}` },
      { cause: error },
    )
  } finally {
    await output.close()
  }
}
