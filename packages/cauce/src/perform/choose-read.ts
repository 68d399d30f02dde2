import { join } from 'node:path'
import { CauceError } from '../model/cauce-error.ts'
import type { Text } from '../model/language.ts'
import type { FileReadPlan, Plan } from '../model/plan.ts'
import { unpack } from '../formats/compression/unpack.ts'
import { extensionOf, recogniseFile, type FileKind } from '../formats/recognise-file.ts'

export interface ChooseRequest {
  readonly plan: Plan
  /** The spooled original. */
  readonly path: string
  readonly spoolFolder: string
  /** The item's key. */
  readonly file: string
  readonly signal: AbortSignal
}

/** How a file is read, and where its unpacked bytes are. */
export interface ChosenRead {
  readonly read: FileReadPlan
  readonly path: string
  readonly notes: readonly Text[]
}

/**
 * Unpacks a file and decides how it is read: as declared, or by what its bytes are. Its name never decides against its bytes.
 * @throws {CauceError} FILE_UNREADABLE for a file that is not what was declared, or nothing we read; FILE_BOMB
 */
export async function chooseRead(request: ChooseRequest): Promise<ChosenRead> {
  const { plan, path, file } = request
  const { read } = plan
  const outer = await recogniseFile(path, file)
  // Delimited text is unpacked where it is counted.
  if (read.format === 'csv') {
    if (outer.kind === 'parquet' || outer.kind === 'xlsx') throw declaredOtherwise(file, 'csv', outer.kind)
    return { read, path, notes: [] }
  }
  const bytes = outer.kind === 'packed' ? await unpacked(request) : path
  const { kind, foreign } = bytes === path ? outer : await recogniseFile(bytes, file)
  if (foreign !== undefined) throw unreadable(file, `it is ${foreign}`)
  if (read.format === 'any') {
    const format = formatOf(kind, file)
    return { read: read[format], path: bytes, notes: nameNotes(file, format) }
  }
  if (!fits(read.format, kind)) throw declaredOtherwise(file, read.format, kind)
  return { read, path: bytes, notes: [] }
}

async function unpacked({ plan, path, spoolFolder, file, signal }: ChooseRequest): Promise<string> {
  const { read, limits } = plan
  const found = await unpack(path, join(spoolFolder, 'unpacked.data'), {
    file,
    compression: read.format === 'any' ? undefined : read.compression,
    maxUnpackedBytes: limits.maxUnpackedBytes,
    mayHoldZip: true,
    signal,
  })
  return found.path
}

/** Bytes tell binary formats apart for certain; a text that does not look like JSON may be JSON that is broken. */
function fits(format: FileReadPlan['format'], kind: FileKind): boolean {
  const isBinary = kind === 'parquet' || kind === 'xlsx' || kind === 'packed'
  if (format === 'parquet' || format === 'xlsx') return kind === format
  return !isBinary
}

const JSON_EXTENSIONS = new Set(['json', 'geojson'])

function formatOf(kind: FileKind, file: string): Exclude<FileReadPlan['format'], never> {
  const extension = extensionOf(file)
  switch (kind) {
    case 'parquet':
    case 'xlsx':
      return kind
    case 'json document':
      return 'json'
    case 'json lines':
      return 'ndjson'
    case 'packed':
      throw unreadable(file, 'it is an archive of something we do not read')
    case 'text':
    case 'empty':
      if (extension === 'parquet' || extension === 'xlsx' || extension === 'xlsm')
        throw unreadable(file, `it is called .${extension}, but is ${kind === 'empty' ? 'empty' : 'text'}`)
      if (!JSON_EXTENSIONS.has(extension))
        return extension === 'ndjson' || extension === 'jsonl' ? 'ndjson' : 'csv'
      throw unreadable(
        file,
        kind === 'empty'
          ? 'it is empty, and no JSON'
          : 'it is called .json, but begins with neither { nor [; rename it, or declare how it is read',
      )
  }
}

const FORMAT_OF_EXTENSION: Readonly<Record<string, FileReadPlan['format']>> = {
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  geojson: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
  pq: 'parquet',
  xlsx: 'xlsx',
  xlsm: 'xlsx',
}

/** JSON one a line is called .json by many. */
function nameNotes(file: string, format: FileReadPlan['format']): readonly Text[] {
  const extension = extensionOf(file)
  const called = FORMAT_OF_EXTENSION[extension]
  if (called === undefined || called === format || (called === 'json' && format === 'ndjson')) return []
  return [
    {
      en: `called .${extension}, but it is ${format} and was read as that`,
      es: `se llama .${extension}, pero es ${format} y así se leyó`,
    },
  ]
}

function declaredOtherwise(file: string, format: string, kind: FileKind): CauceError {
  return unreadable(
    file,
    `it is declared as ${format}, but is ${kind === 'packed' ? 'a packed archive' : kind}`,
  )
}

function unreadable(file: string, detail: string): CauceError {
  return new CauceError('FILE_UNREADABLE', { file, detail })
}
