/** How a file is to be read. What is undefined is found by looking at the file; what is given wins. */
export interface CsvOptions {
  /** A WHATWG encoding label, or a usual name of one (`latin-1`, `cp1250`, `mac_roman`). */
  readonly encoding?: string | undefined
  /** One ASCII character. */
  readonly delimiter?: string | undefined
  /** One ASCII character; `null`: the file quotes nothing. */
  readonly quote?: string | null | undefined
  /** A character that takes the meaning from the next one; undefined or `null`: only a doubled quote does that. */
  readonly escape?: string | null | undefined
  /** Whether the first record names the columns. Never guessed. */
  readonly header: boolean
  /** Physical lines before the header or, without one, before the first record. */
  readonly skipLines: number
  readonly compression?: 'none' | 'gzip' | 'zstd' | 'zip' | undefined
  /** The longest record accepted, in bytes of the file: up to 512 MiB, default 16. Memory is about four times that at worst. */
  readonly maxRecordBytes?: number | undefined
  /** Columns the reader expects: a hint for sniffing and, without a header, the number of fields records should have. */
  readonly columnCount?: number | undefined
}

/** How a file turned out to be written. */
export interface CsvDialect {
  /** The WHATWG name of the encoding. */
  readonly encoding: string
  /** True when the encoding is a guess: the bytes are not UTF-8 and nothing else says what they are. */
  readonly encodingGuessed: boolean
  readonly bom: boolean
  readonly delimiter: string
  readonly quote: string | null
  readonly escape: string | null
  /** Whether spaces stand between delimiters and opening quotes; they are no part of the fields. */
  readonly spacedQuotes: boolean
  /** What ends the records and blank lines; line ends inside quotes do not count. */
  readonly lineEnd: 'lf' | 'crlf' | 'cr' | 'mixed'
}

/** Bits of a record's `_flags`. */
export const RECORD_FLAGS = {
  /** A quote that is not where quotes belong: the fields are a reading, not the truth. */
  badQuoting: 1,
  /** A NUL character inside. */
  nul: 2,
  /** Bytes that mean nothing in the file's encoding. */
  undecodable: 4,
  /** No JSON: there are no fields. */
  badJson: 8,
  /** JSON, but no object. */
  notAnObject: 16,
  /** A name an object gives twice: which value is meant nobody can tell. */
  repeatedKey: 32,
  /** Nested deeper than databases take. */
  tooDeep: 64,
  /** A cell of a workbook whose formula has no value (`#DIV/0!`). */
  errorCell: 128,
} as const

/** How many more fields than agreed are still told apart; a record with more is only known to have too many. */
export const SPARE_COLUMNS = 4

export const DEFAULT_MAX_RECORD_BYTES = 16 * 1024 * 1024
export const LARGEST_RECORD_BYTES = 512 * 1024 * 1024
