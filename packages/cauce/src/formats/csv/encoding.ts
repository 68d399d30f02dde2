import { TextDecoder } from 'node:util'
import { CauceError } from '../../model/cauce-error.ts'

/** An encoding as the reader sees it. */
export interface Encoding {
  /** The WHATWG name. */
  readonly name: string
  /** Bytes of one code unit: delimiters, quotes and line ends are looked for unit by unit. */
  readonly unitBytes: 1 | 2
  /** How its bytes make characters. */
  readonly kind: 'utf-8' | 'utf-16' | 'single-byte' | 'multi-byte'
  /** Whether the bytes of a unit must be swapped: we run on little-endian machines, as DuckDB's builds for Node do. */
  readonly swapped: boolean
}

/** Names people and other tools use, which the WHATWG table does not know. */
const USUAL_NAMES: Readonly<Record<string, string>> = {
  utf_8: 'utf-8',
  'utf-8-sig': 'utf-8',
  'latin-1': 'windows-1252',
  latin_1: 'windows-1252',
  mac_roman: 'macintosh',
  'mac-roman': 'macintosh',
  macroman: 'macintosh',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
}

const MULTI_BYTE = new Set(['gbk', 'gb18030', 'big5', 'euc-jp', 'euc-kr', 'shift_jis'])
// Its bytes mean one thing or another depending on what came before, so no position can be read by itself.
const STATEFUL = new Set(['iso-2022-jp'])

/**
 * The encoding behind a label.
 *
 * @throws {CauceError} CONFIG_INVALID when the label is unknown or the encoding cannot be read.
 */
export function encodingOf(label: string): Encoding {
  const name = whatwgName(label)
  if (name === undefined || STATEFUL.has(name) || name === 'x-user-defined') {
    throw new CauceError('CONFIG_INVALID', {
      where: 'read.encoding',
      detail: `"${label}" is not an encoding we can read; use a WHATWG name such as utf-8, utf-16le, windows-1252 or iso-8859-15`,
    })
  }
  if (name === 'utf-8') return { name, unitBytes: 1, kind: 'utf-8', swapped: false }
  if (name === 'utf-16le') return { name, unitBytes: 2, kind: 'utf-16', swapped: false }
  if (name === 'utf-16be') return { name, unitBytes: 2, kind: 'utf-16', swapped: true }
  return { name, unitBytes: 1, kind: MULTI_BYTE.has(name) ? 'multi-byte' : 'single-byte', swapped: false }
}

function whatwgName(label: string): string | undefined {
  const wanted = label.trim().toLowerCase()
  const named =
    USUAL_NAMES[wanted] ?? wanted.replace(/^cp(125\d|874|866)$/, (_, page: string) => codePage(page))
  try {
    return new TextDecoder(named).encoding
  } catch {
    return undefined
  }
}

function codePage(page: string): string {
  return page === '866' ? 'ibm866' : `windows-${page}`
}

/** A byte order mark at the start of a file. */
export interface ByteOrderMark {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32'
  readonly sizeBytes: number
}

// UTF-32 before UTF-16, whose mark it begins with.
const MARKS: readonly (readonly [ByteOrderMark['encoding'], readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-32', [0xff, 0xfe, 0, 0]],
  ['utf-32', [0, 0, 0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** The byte order mark a file starts with, if any. */
export function byteOrderMark(head: Uint8Array): ByteOrderMark | undefined {
  const found = MARKS.find(([, mark]) => mark.every((byte, i) => head[i] === byte))
  return found && { encoding: found[0], sizeBytes: found[1].length }
}
