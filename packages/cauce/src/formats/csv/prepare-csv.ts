import { open, type FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CauceError } from '../../model/cauce-error.ts'
import { unpack, type UnpackLimits } from '../compression/unpack.ts'
import { takeCensus, type Census, type LineEnds } from './census.ts'
import {
  DEFAULT_MAX_RECORD_BYTES,
  LARGEST_RECORD_BYTES,
  SPARE_COLUMNS,
  type CsvOptions,
} from './csv-options.ts'
import { marksOf, type DialectCharacters } from './dialect-marks.ts'
import type { Encoding } from './encoding.ts'
import { PreparedCsv } from './prepared-csv.ts'
import type { ReadableCsv } from './read-sql.ts'
import { NO_MARKS, RecordScanner, type Marks } from './record-scanner.ts'
import type { WalkHooks } from './record-walk.ts'
import { rewrite } from './rewrite.ts'
import { sniffDialect } from './sniff-dialect.ts'
import { settleEncoding, sniffEncoding, type SniffedEncoding } from './sniff-encoding.ts'
import { unitsOf, type Units } from './units.ts'

export type { PreparedCsv } from './prepared-csv.ts'

/** What is known and wanted of a file. */
export interface PrepareSettings extends UnpackLimits {
  /** How it is declared to be written. */
  readonly options: CsvOptions
  /** The file's name for people; default: that of `path`. */
  readonly file?: string | undefined
  /** Never let DuckDB read the original: for when it read it differently, or threw. */
  readonly forceRewrite?: boolean | undefined
  /** Called now and then with the number of unpacked bytes passed since the last call; a rewrite passes them twice. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Looked at to find encoding, delimiter and quote. */
const SAMPLE_BYTES = 128 * 1024

/**
 * Makes a delimited file ready to be read by DuckDB with certainty, and counts what is in it independently of DuckDB.
 *
 * A plain file (one encoding and kind of line end, well-formed quoting) is read as it stands; anything else is rewritten. The
 * rules are in docs/csv.md.
 *
 * Effects: writes `unpacked.data` and `canonical.csv` into `spoolDirectory` where needed; never changes `path`.
 *
 * @throws {CauceError} FILE_UNREADABLE, FILE_BOMB (a person must act); CONFIG_INVALID for options that cannot be; DISK_FULL.
 */
export async function prepareCsv(
  path: string,
  spoolDirectory: string,
  settings: PrepareSettings,
): Promise<PreparedCsv> {
  const { options } = settings
  const name = settings.file ?? basename(path)
  const unpacked = await unpack(path, join(spoolDirectory, 'unpacked.data'), {
    ...settings,
    file: name,
    compression: options.compression,
  })
  const file = await open(unpacked.path, 'r')
  try {
    const hooks: WalkHooks = { file: name, onBytes: settings.onBytes, signal: settings.signal }
    const work: Work = {
      ...unpacked,
      file,
      options,
      hooks,
      spoolDirectory,
      forceRewrite: settings.forceRewrite,
    }
    return await prepareOpen(work)
  } finally {
    await file.close()
  }
}

interface Work {
  readonly path: string
  readonly sizeBytes: number
  readonly file: FileHandle
  readonly options: CsvOptions
  readonly hooks: WalkHooks
  readonly spoolDirectory: string
  readonly forceRewrite: boolean | undefined
}

async function prepareOpen(work: Work): Promise<PreparedCsv> {
  const { file, sizeBytes, options, hooks } = work
  const maxRecordBytes = recordLimit(options)
  const head = await readHead(file, sizeBytes)
  const sniffed = sniffEncoding(head, options.encoding, hooks.file)
  const characters = charactersOf(head, sniffed, options, head.length === sizeBytes)
  const census = await takeCensus({
    file,
    sizeBytes,
    encoding: sniffed.encoding,
    markBytes: sniffed.markBytes,
    marks: marksOf(characters, sniffed.encoding),
    header: options.header,
    skipLines: options.skipLines,
    columnCount: options.columnCount,
    maxRecordBytes,
    hooks,
  })
  // Where sniffing had to leave the encoding open, the census has seen every byte.
  const isSettled = !sniffed.provisional || !census.signs.unclean
  const { encoding, guessed } = isSettled
    ? { encoding: sniffed.encoding, guessed: false }
    : await settleEncoding(file, sizeBytes)
  const marks = marksOf(characters, encoding)
  const original = { path: work.path, sizeBytes, encoding, marks, maxRecordBytes }
  const isPlain =
    work.forceRewrite !== true && !characters.spacedQuotes && isDirectlyReadable(census, encoding)
  const { readable, flaggedRecords } = isPlain
    ? { readable: directly(work.path, characters, census), flaggedRecords: 0 }
    : await rewritten(work, original, census)
  const dialect = {
    ...characters,
    encoding: encoding.name,
    encodingGuessed: guessed,
    bom: sniffed.markBytes > 0,
    lineEnd: lineEndOf(census.lineEnds),
  }
  return new PreparedCsv({ dialect, census, flaggedRecords, readable, original })
}

function recordLimit({ maxRecordBytes = DEFAULT_MAX_RECORD_BYTES }: CsvOptions): number {
  if (Number.isInteger(maxRecordBytes) && maxRecordBytes > 0 && maxRecordBytes <= LARGEST_RECORD_BYTES)
    return maxRecordBytes
  const detail = `${maxRecordBytes} is not a number of bytes from 1 to ${LARGEST_RECORD_BYTES}`
  throw new CauceError('CONFIG_INVALID', { where: 'read.maxRecordBytes', detail })
}

async function readHead(file: FileHandle, sizeBytes: number): Promise<Buffer> {
  const head = Buffer.alloc(Math.min(SAMPLE_BYTES, sizeBytes))
  const { bytesRead } = await file.read(head, 0, head.length, 0)
  return head.subarray(0, bytesRead)
}

function charactersOf(
  head: Buffer,
  sniffed: SniffedEncoding,
  options: CsvOptions,
  complete: boolean,
): DialectCharacters {
  const units = unitsOf(head.subarray(sniffed.markBytes), sniffed.encoding)
  const escape = options.escape ?? null
  const found = sniffDialect({
    units,
    complete,
    start: afterPreamble(units, options.skipLines),
    header: options.header,
    columnCount: options.columnCount,
    delimiter: options.delimiter,
    quote: options.quote,
    escape,
  })
  return { ...found, escape: escape === found.quote ? null : escape }
}

function afterPreamble(units: Units, lines: number): number {
  const scanner = new RecordScanner(NO_MARKS, { agreedWidth: 0, maxRecordUnits: units.length, keptFields: 0 })
  scanner.show(units, 'file')
  let at = 0
  for (let line = 0; line < lines && at < units.length; line++) {
    scanner.scan(at)
    at = scanner.next
  }
  return at
}

/** Whether DuckDB is known to read the bytes as they stand exactly as we do (proven by the property tests beside this file). */
function isDirectlyReadable(census: Census, encoding: Encoding): boolean {
  const { signs, lineEnds, agreedWidth } = census
  const isUtf8 = encoding.kind === 'utf-8' ? !signs.unclean : !signs.nonAscii
  const hasOneLineEnd = lineEnds.cr === 0 && (lineEnds.lf === 0 || lineEnds.crlf === 0)
  const isTooWide = agreedWidth > 0 && signs.widest > agreedWidth + SPARE_COLUMNS
  const isOdd = signs.oddHead || signs.badQuoting || signs.looseQuote || signs.escaped || signs.nul
  // Without records there is nothing to gain, and a header without line end could not be skipped.
  return census.records > 0 && isUtf8 && hasOneLineEnd && !isTooWide && !isOdd
}

function directly(path: string, characters: DialectCharacters, census: Census): ReadableCsv {
  return {
    path,
    delimiter: characters.delimiter,
    quote: characters.quote,
    lineEnd: census.lineEnds.crlf > 0 ? 'crlf' : 'lf',
    skipLines: census.data.line - 1,
    longestRecordBytes: census.longestRecordBytes,
    hasFlags: false,
  }
}

async function rewritten(
  work: Work,
  original: {
    readonly sizeBytes: number
    readonly encoding: Encoding
    readonly marks: Marks
    readonly maxRecordBytes: number
  },
  census: Census,
): Promise<{ readonly readable: ReadableCsv; readonly flaggedRecords: number }> {
  const path = join(work.spoolDirectory, 'canonical.csv')
  const target = await open(path, 'w')
  try {
    const { file, hooks } = work
    // The census looked with UTF-8 eyes where the encoding was open; Windows-1252 gives every byte a character.
    const suspect = census.signs.nul || (census.signs.unclean && original.encoding.name !== 'windows-1252')
    const { flaggedRecords, longestRecordBytes } = await rewrite({
      ...original,
      file,
      target,
      census,
      suspect,
      hooks,
    })
    const readable: ReadableCsv = {
      path,
      delimiter: ',',
      quote: '"',
      lineEnd: 'lf',
      skipLines: 0,
      longestRecordBytes,
      hasFlags: true,
    }
    return { readable, flaggedRecords }
  } finally {
    await target.close()
  }
}

function lineEndOf({ lf, crlf, cr }: LineEnds): 'lf' | 'crlf' | 'cr' | 'mixed' {
  const kinds = [lf, crlf, cr].filter((count) => count > 0).length
  if (kinds > 1) return 'mixed'
  return crlf > 0 ? 'crlf' : cr > 0 ? 'cr' : 'lf'
}
