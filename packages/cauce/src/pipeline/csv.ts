import type { CsvReadPlan } from '../model/plan.ts'

/** How CSV and its kin are read. What is not given is found by looking at the file. */
export interface CsvOptions {
  /** A WHATWG encoding label: utf-8, utf-16le, windows-1252, iso-8859-15, macintosh … */
  readonly encoding?: string
  readonly delimiter?: string
  /** `null`: the file quotes nothing. */
  readonly quote?: string | null
  /** A character that takes the meaning from the next one; normally a doubled quote does that job. */
  readonly escape?: string | null
  readonly header?: boolean
  /** Physical lines before the header. */
  readonly skipLines?: number
  readonly compression?: 'none' | 'gzip' | 'zstd' | 'zip'
  /** Texts that mean null, unless a column says otherwise. */
  readonly nulls?: readonly string[]
  /** Columns are found by header (any order) or by position (names are checked all the same). */
  readonly layout?: 'position' | 'name'
  /** What a column the contract does not know means for the file; only by name. */
  readonly unknownColumns?: 'refuse' | 'ignore'
}

/** Reads delimited text under the given options. */
export function csv(options: CsvOptions = {}): CsvReadPlan {
  return {
    format: 'csv',
    encoding: options.encoding,
    delimiter: options.delimiter,
    quote: options.quote,
    escape: options.escape,
    header: options.header ?? true,
    skipLines: options.skipLines ?? 0,
    compression: options.compression,
    nulls: options.nulls ?? [''],
    layout: options.layout ?? 'name',
    unknownColumns: options.unknownColumns ?? 'refuse',
  }
}
