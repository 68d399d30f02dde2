import { open } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import { sniffCompression } from './compression/sniff-compression.ts'
import { holdsWorkbook } from './compression/zip-entry.ts'
import { jsonEncodingOf } from './json/json-text.ts'

/** What a file is by its bytes; `text` is delimited text as far as anybody can tell. */
export type FileKind = 'parquet' | 'xlsx' | 'json document' | 'json lines' | 'text' | 'packed' | 'empty'

export interface Recognised {
  readonly kind: FileKind
  /** What it is called when it is something nobody reads here: `PDF`. */
  readonly foreign: string | undefined
}

const HEAD_BYTES = 64 * 1024

const FOREIGN: readonly (readonly [string, string])[] = [
  ['%PDF-', 'a PDF document'],
  ['Obj\u0001', 'an Avro file'],
  ['ORC', 'an ORC file'],
  ['\u00d0\u00cf\u0011\u00e0', 'an old .xls or a workbook with a password (save it as .xlsx without one)'],
  ['SQLite format 3', 'an SQLite database'],
]

/**
 * What a file is by its first bytes. Its name is asked only where bytes cannot tell: whether JSON stands one a line, and what
 * an empty file would be.
 */
export async function recogniseFile(path: string, name: string): Promise<Recognised> {
  const head = await headOf(path)
  const start = head.toString('latin1', 0, 16)
  const foreign = FOREIGN.find(([magic]) => start.startsWith(magic))?.[1]
  return { kind: await kindOf(path, head, name), foreign }
}

/** The extension of a name, in lower case, without that of its packing: `csv` of `a.CSV.gz`; empty when there is none. */
export function extensionOf(name: string): string {
  return /\.([a-z0-9]+)(?:\.(?:gz|gzip|zst|zstd|zip))?$/.exec(name.toLowerCase())?.[1] ?? ''
}

const LINE_EXTENSIONS = new Set(['ndjson', 'jsonl', 'ldjson'])

async function kindOf(path: string, head: Buffer, name: string): Promise<FileKind> {
  if (head.length === 0) return 'empty'
  if (head.toString('latin1', 0, 4) === 'PAR1') return 'parquet'
  const packed = sniffCompression(head)
  if (packed !== undefined) return packed === 'zip' && (await holdsWorkbook(path)) ? 'xlsx' : 'packed'
  if (LINE_EXTENSIONS.has(extensionOf(name))) return 'json lines'
  return textKind(textOf(head))
}

function textKind(text: string): FileKind {
  const begun = text.trimStart()
  if (/^\[\s*[[{\]]/.test(begun)) return 'json document'
  if (!/^\{\s*["}]/.test(begun)) return 'text'
  const end = begun.indexOf('\n')
  const isWholeLine = end > 0 && isJson(begun.slice(0, end))
  return isWholeLine && begun.slice(end).trim() !== '' ? 'json lines' : 'json document'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function textOf(head: Buffer): string {
  const encoding = jsonEncodingOf(head.subarray(0, 4))
  return encoding === 'utf-32' ? '' : new TextDecoder(encoding).decode(head)
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
