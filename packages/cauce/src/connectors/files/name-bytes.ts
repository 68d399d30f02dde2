import { isUtf8 } from 'node:buffer'

/**
 * The key of a name on disk, which is bytes and need not be text. UTF-8 stays as it is; any other byte becomes `\xNN`
 * (upper-case hex), and so does the backslash of a name that spells such a mark itself: no two names share a key.
 */
export function keyOfName(name: Buffer): string {
  if (isUtf8(name)) return unmarked(name.toString())
  let key = ''
  let text = ''
  for (let at = 0; at < name.length;) {
    const length = [1, 2, 3, 4].find((bytes) => isUtf8(name.subarray(at, at + bytes)))
    if (length === undefined) {
      key += `${unmarked(text)}${mark(name[at] ?? 0)}`
      text = ''
      at++
    } else {
      text += name.toString('utf8', at, at + length)
      at += length
    }
  }
  return key + unmarked(text)
}

/** The bytes on disk of a key (of one name or of several joined by `/`): the reverse of `keyOfName`. */
export function bytesOfKey(key: string): Buffer {
  if (!key.includes('\\x')) return Buffer.from(key)
  const pieces: Buffer[] = []
  let from = 0
  for (const found of key.matchAll(/\\x([0-9A-F]{2})/g)) {
    pieces.push(Buffer.from(key.slice(from, found.index)), Buffer.from(found[1] ?? '', 'hex'))
    from = found.index + found[0].length
  }
  return Buffer.concat([...pieces, Buffer.from(key.slice(from))])
}

function unmarked(text: string): string {
  return text.replace(/\\(?=x[0-9A-F]{2})/g, mark(0x5c))
}

function mark(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
