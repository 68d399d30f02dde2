import type { FileHandle } from 'node:fs/promises'
import { CauceError } from '../../model/cauce-error.ts'
import { byteOrderMark, encodingOf, type ByteOrderMark, type Encoding } from './encoding.ts'
import { utf8Length } from './unit-decoder.ts'

/** What the first bytes of a file and the declaration say of its encoding. */
export interface SniffedEncoding {
  readonly encoding: Encoding
  /** Bytes of the byte order mark, which are no data. */
  readonly markBytes: number
  /** Whether `settleEncoding` must be asked once the whole file has turned out not to be clean UTF-8. */
  readonly provisional: boolean
}

/**
 * The encoding by declaration, byte order mark, or the pattern of zeros UTF-16 makes of western text; else UTF-8 for now.
 *
 * @throws {CauceError} FILE_UNREADABLE for UTF-32 and for a mark that contradicts the declaration; CONFIG_INVALID for an
 *   encoding we cannot read.
 */
export function sniffEncoding(head: Buffer, declared: string | undefined, file: string): SniffedEncoding {
  const mark = byteOrderMark(head)
  if (mark?.encoding === 'utf-32')
    throw new CauceError('FILE_UNREADABLE', { file, detail: 'it is UTF-32; save it as UTF-8' })
  if (declared !== undefined) return declaredEncoding(declared, mark, head, file)
  if (mark !== undefined)
    return { encoding: encodingOf(mark.encoding), markBytes: mark.sizeBytes, provisional: false }
  const wide = utf16Pattern(head)
  if (wide !== undefined) return { encoding: encodingOf(wide), markBytes: 0, provisional: false }
  return { encoding: encodingOf('utf-8'), markBytes: 0, provisional: true }
}

function declaredEncoding(
  label: string,
  mark: ByteOrderMark | undefined,
  head: Buffer,
  file: string,
): SniffedEncoding {
  // "UTF-16" leaves the byte order to the mark or, without one, to the pattern.
  const isOpen = /^(utf-?16|ucs-?2|unicode)$/i.test(label.trim())
  const order = isOpen ? (utf16Of(mark) ?? utf16Pattern(head)) : undefined
  const encoding = encodingOf(order ?? label)
  if (mark !== undefined && mark.encoding !== encoding.name) {
    const detail = `it is declared as ${encoding.name} but begins with the mark of ${mark.encoding}`
    throw new CauceError('FILE_UNREADABLE', { file, detail })
  }
  return { encoding, markBytes: mark?.sizeBytes ?? 0, provisional: false }
}

function utf16Of(mark: ByteOrderMark | undefined): string | undefined {
  return mark?.encoding === 'utf-16le' || mark?.encoding === 'utf-16be' ? mark.encoding : undefined
}

/** In UTF-16 most western text has a zero in every second byte, always on the same side. */
function utf16Pattern(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const units = Math.floor(head.length / 2)
  if (units < 2) return undefined
  let evenZeros = 0
  let oddZeros = 0
  for (let i = 0; i < units; i++) {
    if (head[2 * i] === 0) evenZeros++
    if (head[2 * i + 1] === 0) oddZeros++
  }
  const [many, few] = [units * 0.4, units * 0.05]
  if (oddZeros >= many && evenZeros <= few) return 'utf-16le'
  if (evenZeros >= many && oddZeros <= few) return 'utf-16be'
  return undefined
}

/** Read at a time while settling. */
const CHUNK_BYTES = 1024 * 1024

/**
 * Decides what a file without declaration is that is not UTF-8 throughout. Where the bytes above 0x7F mostly make UTF-8
 * characters, it is UTF-8 with damaged places: guessing another encoding would garble all the rest. Where they do not, it is
 * taken for Windows-1252, and that is a guess.
 */
export async function settleEncoding(
  file: FileHandle,
  sizeBytes: number,
): Promise<{ readonly encoding: Encoding; readonly guessed: boolean }> {
  let characters = 0
  let strays = 0
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let position = 0; position < sizeBytes; position += CHUNK_BYTES) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position)
    const counted = countUtf8(chunk.subarray(0, bytesRead))
    characters += counted.characters
    strays += counted.strays
  }
  return characters > 0 && characters >= strays
    ? { encoding: encodingOf('utf-8'), guessed: false }
    : { encoding: encodingOf('windows-1252'), guessed: true }
}

/** Multi-byte characters, and bytes that belong to none. A character cut at the end of the bytes counts as a few strays. */
function countUtf8(bytes: Buffer): { readonly characters: number; readonly strays: number } {
  let characters = 0
  let strays = 0
  let at = 0
  while (at < bytes.length) {
    if ((bytes[at] as number) < 0x80) {
      at++
      continue
    }
    const length = utf8Length(bytes, at)
    if (length > 0) characters++
    else strays++
    at += Math.max(1, length)
  }
  return { characters, strays }
}
