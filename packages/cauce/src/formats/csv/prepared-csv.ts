import type { Census } from './census.ts'
import { SPARE_COLUMNS, type CsvDialect } from './csv-options.ts'
import type { Encoding } from './encoding.ts'
import { locateRecords, type LocatedRecord } from './locate-records.ts'
import { readSql, type ReadableCsv } from './read-sql.ts'
import type { Marks } from './record-scanner.ts'

/** What `prepareCsv` found and made. */
export interface PreparedParts {
  readonly dialect: CsvDialect
  readonly census: Census
  readonly flaggedRecords: number
  readonly readable: ReadableCsv
  /** The unpacked original, its size, and how to read it. */
  readonly original: {
    readonly path: string
    readonly sizeBytes: number
    readonly encoding: Encoding
    readonly marks: Marks
    readonly maxRecordBytes: number
  }
}

/** A file that has been counted and made ready for DuckDB. */
export class PreparedCsv {
  /** `direct`: DuckDB reads the original bytes; `rewritten`: a canonical copy of them. */
  readonly route: 'direct' | 'rewritten'
  /** What DuckDB reads. */
  readonly path: string
  readonly dialect: CsvDialect
  /** The header's names as the file has them; undefined when none is declared or the file has no record. */
  readonly header: readonly string[] | undefined
  /** Number of fields of the first data record; undefined when there is none. */
  readonly firstRecordWidth: number | undefined
  /** Data records: neither header, nor preamble, nor blank lines. */
  readonly records: number
  readonly blankLines: number
  readonly physicalLines: number
  /** Size of the unpacked file. */
  readonly sizeBytes: number
  readonly longestRecordBytes: number
  /** Records whose `_flags` are not 0. */
  readonly flaggedRecords: number
  readonly finalNewline: boolean
  /** False when every record's `_flags` are 0 without looking. */
  readonly hasFlags: boolean
  readonly #parts: PreparedParts

  constructor(parts: PreparedParts) {
    const { census, readable } = parts
    this.route = readable.hasFlags ? 'rewritten' : 'direct'
    this.path = readable.path
    this.dialect = parts.dialect
    this.header = census.header
    this.firstRecordWidth = census.firstRecordWidth
    this.records = census.records
    this.blankLines = census.blankLines
    this.physicalLines = census.physicalLines
    this.sizeBytes = parts.original.sizeBytes
    this.longestRecordBytes = census.longestRecordBytes
    this.flaggedRecords = parts.flaggedRecords
    this.finalNewline = census.finalNewline
    this.hasFlags = readable.hasFlags
    this.#parts = parts
  }

  /**
   * A parenthesised SELECT for DuckDB's FROM: `columnNames` (one for each column of the file), `_x1` … `_x<spare>`, all VARCHAR,
   * and `_flags` INTEGER; one row per record, in file order. Too few fields: the last column is NULL. Too many: `_x1` is not.
   *
   * On the direct route DuckDB throws at a record with more than `spare` surplus fields: prepare again with `forceRewrite`.
   */
  readSql(columnNames: readonly string[], spare: number = SPARE_COLUMNS): string {
    return readSql(this.#parts.readable, columnNames, spare)
  }

  /**
   * The chosen records exactly as they stand in the file; numbers ascending, from 1.
   *
   * Opens the unpacked original while it runs; memory stays under two megabytes beside the longest record.
   */
  locate(records: Iterable<number>): AsyncGenerator<LocatedRecord, void, undefined> {
    return locateRecords({ ...this.#parts.original, ...this.#parts.census }, records)
  }
}
